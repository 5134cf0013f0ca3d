/** IAM policies of a config: one set for each command. */
import type { Command } from "../permissions/parts.ts";
import type { Policies, PolicyDocument } from "../permissions/policies.ts";
import type { Config } from "../plan/types.ts";

/**
 * The policies of each command, and those of CloudFormation's own role. They apply to any account if the config names
 * none. A set has several policies where one would be longer than IAM allows.
 */
export async function policiesOf(config: Config): Promise<Policies> {
  const [{ callerPermissions, cloudFormationPermissions }, { ANY_CLUSTER }, { COMMANDS }, { policyDocuments }] =
    await Promise.all([
      import("../permissions/table.ts"),
      import("../permissions/names.ts"),
      import("../permissions/parts.ts"),
      import("../permissions/policies.ts"),
    ]);
  const ofCommands = Object.fromEntries(COMMANDS.map((command) => {
    return [command, policyDocuments(callerPermissions(command, config))];
  })) as Record<Command, PolicyDocument[]>;
  const cloudformation = policyDocuments(cloudFormationPermissions(config, config.name));
  const bootstrap = policyDocuments(cloudFormationPermissions(config, ANY_CLUSTER));
  return { ...ofCommands, cloudformation, bootstrap };
}
