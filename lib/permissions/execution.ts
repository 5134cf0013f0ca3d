/**
 * The policies that unitune's bootstrap attaches to the role that CloudFormation uses. All clusters of a region share
 * the role, so they are for clusters of any name: what they may change has unitune's tag, or a name that only unitune's
 * stacks give. Their names contain a digest of what they say: a policy of that name never says anything else.
 */
import { sha256 } from "../core/hash.ts";
import type { ExecutionPolicy } from "../core/ports.ts";
import { ANY_CLUSTER } from "./names.ts";
import { policyDocuments } from "./policies.ts";
import { cloudFormationPermissions, type PolicyFacts } from "./table.ts";

/** What a bootstrap by unitune attaches in the config's region. */
export function executionPolicies(config: PolicyFacts): ExecutionPolicy[] {
  const documents = policyDocuments(cloudFormationPermissions(config, ANY_CLUSTER));
  const digest = sha256(JSON.stringify(documents)).slice(0, 8);
  return documents.map((document, index) => ({
    name: `unitune-cloudformation-${config.region}-${digest}-${index + 1}`,
    document: JSON.stringify(document),
  }));
}
