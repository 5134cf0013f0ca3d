/** Plans as people read them, in a terminal, in a pull request and as JSON: texts that were read once. */
import { planDocument } from "../../lib/cli/report.ts";
import { makePlan, type Observed, PHASES } from "../../lib/plan/changes.ts";
import { describePlan } from "../../lib/plan/describe.ts";
import { planMarkdown } from "../../lib/plan/markdown.ts";
import { SETTLED } from "../fakes/observed.ts";
import { golden } from "../golden.ts";
import { jobSpec, pool } from "../images/specs.ts";
import { smallest } from "../infra/config.ts";

const { build } = jobSpec();
const config = smallest({ pools: [pool], images: [build.image] });
const caller = { account: "123456789012", principalArn: "arn:aws:iam::123456789012:role/ml", partition: "aws" };
const REFS = [
  { apiVersion: "v1", kind: "Namespace", name: "unitune-build" },
  { apiVersion: "karpenter.k8s.aws/v1", kind: "EC2NodeClass", name: "builder" },
  { apiVersion: "karpenter.sh/v1", kind: "NodePool", name: "builder" },
];
const RESOURCE = { logicalId: "Cluster", resourceType: "AWS::EKS::Cluster", action: "add" } as const;

/** Everything deployed, and what an object's kind makes of it. */
function deployed(changed: readonly string[], over: Partial<Observed> = {}): Observed {
  const objects = REFS.map((ref) => ({
    ref,
    action: changed.includes(ref.kind) ? "update" as const : "none" as const,
  }));
  const stacks = ["acme-vpc", "acme-eks"].map((stack) => ({ stack, exists: true, changes: [] }));
  const ready = ["builder"], images = { trainer: `sha256:${"a".repeat(64)}` };
  return {
    ...SETTLED,
    caller,
    kubernetes: config.cluster.version,
    karpenter: "1.14.3",
    stacks,
    objects,
    ready,
    images,
    ...over,
  };
}

const WORLDS: Readonly<Record<string, Observed>> = {
  "first-apply": {
    ...SETTLED,
    caller,
    bootstrap: "create",
    charts: "create",
    stacks: ["acme-vpc", "acme-eks"].map((stack) => ({ stack, exists: false, changes: [RESOURCE] })),
    access: [{ action: "create", principalArn: caller.principalArn, purpose: "caller" }],
    objects: REFS.map((ref) => ({ ref, action: "create" })),
    findings: [{
      code: "ENDPOINT",
      severity: "warning",
      path: "cluster.endpoint",
      message: "the private API server does not answer this machine",
      hint: "run unitune in the VPC",
    }],
  },
  "ami-moved": deployed(["EC2NodeClass"]),
  "pool-option": deployed(["NodePool"]),
  "upgrade": deployed([], {
    kubernetes: "1.34",
    stacks: [{ stack: "acme-eks", exists: true, changes: [{ ...RESOURCE, action: "update" }] }],
  }),
};

for (const [name, observed] of Object.entries(WORLDS)) {
  Deno.test(`the plan ${name} reads as it did, as text, as Markdown and as JSON`, async () => {
    const plan = makePlan({ config, builds: [build], observed, only: PHASES });
    await golden(`plan/${name}.txt`, `${describePlan(plan)}\n`);
    await golden(`plan/${name}.md`, `${planMarkdown(plan)}\n`);
    await golden(`plan/${name}.json`, `${JSON.stringify(planDocument(plan), null, 2)}\n`);
  });
}
