/** Plans as people read them, in a terminal, in a pull request and as JSON: texts that were read once. */
import type { FieldChange } from "../../lib/core/fields.ts";
import { planDocument } from "../../lib/plan/document.ts";
import { makePlan, type Observed, PHASES } from "../../lib/plan/changes.ts";
import { describePlan } from "../../lib/plan/describe.ts";
import { planMarkdown } from "../../lib/plan/markdown.ts";
import type { Roll } from "../../lib/plan/rolls.ts";
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

interface Update {
  readonly kind: string;
  readonly fields: readonly FieldChange[];
}

/** Everything deployed, and what of the objects changes. */
function deployed(changed: readonly Update[], over: Partial<Observed> = {}): Observed {
  const objects = REFS.map((ref) => {
    const update = changed.find(({ kind }) => kind === ref.kind);
    return update ? { ref, action: "update" as const, fields: update.fields } : { ref, action: "none" as const };
  });
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

const AMI: FieldChange = {
  path: "spec.amiSelectorTerms[0].alias",
  before: "bottlerocket@v1.61.0",
  after: "bottlerocket@v1.66.0",
};
const TYPES = ["c6i", "c7i", "m6i", "m7i", "r6i"].flatMap((family) => {
  return ["large", "xlarge", "2xlarge", "4xlarge"].map((size) => `${family}.${size}`);
});
const REQUIREMENT: FieldChange = {
  path: "spec.template.spec.requirements[node.kubernetes.io/instance-type].values",
  before: `[${TYPES.join(", ")}]`,
  after: `[${[...TYPES.slice(0, 14), "m8i.large", ...TYPES.slice(15)].join(", ")}]`,
};
const ROLL: Roll = {
  nodes: 3,
  all: true,
  because: [AMI.path],
  budgets: ["1 at once (10%)"],
  held: [
    "team/train-0 on ip-10-0-12-34.us-west-2.compute.internal: is annotated karpenter.sh/do-not-disrupt",
    "team/api-7d9f on ip-10-0-12-35.us-west-2.compute.internal: PodDisruptionBudget api allows no disruption now; " +
    "for 1h at most",
  ],
};

const WORLDS: Readonly<Record<string, Observed>> = {
  "first-apply": {
    ...SETTLED,
    caller,
    bootstrap: "create",
    charts: "create",
    stacks: ["acme-vpc", "acme-eks"].map((stack) => ({ stack, exists: false, changes: [RESOURCE] })),
    access: [{ action: "create", principalArn: caller.principalArn, purpose: "caller" }],
    objects: REFS.map((ref) => ({ ref, action: "create" })),
    reasons: { trainer: "first build: the registry has no image of it" },
    findings: [{
      code: "ENDPOINT",
      severity: "warning",
      path: "cluster.endpoint",
      message: "the private API server does not answer this machine",
      hint: "run unitune in the VPC",
    }],
  },
  "ami-moved": deployed([{ kind: "EC2NodeClass", fields: [AMI] }], {
    rolls: { builder: ROLL },
    images: {},
    reasons: { trainer: "changed since src-89abcdef0123: context, Dockerfile" },
  }),
  "pool-option": deployed([{
    kind: "NodePool",
    fields: [{ path: "spec.limits.cpu", before: "64", after: "128", by: "kubectl-edit" }, REQUIREMENT],
  }], {
    rolls: {
      builder: { ...ROLL, all: false, because: [REQUIREMENT.path], held: [] },
      old: { ...ROLL, because: ["the pool is no longer declared"], budgets: [], held: ROLL.held.slice(0, 1) },
    },
    stale: [{ apiVersion: "karpenter.sh/v1", kind: "NodePool", name: "old" }],
  }),
  "drift": deployed([{
    kind: "NodePool",
    fields: [{ path: "spec.limits.cpu", before: "256", after: "64", by: "kubectl-edit" }],
  }], {
    drift: [{ stack: "acme-vpc", resources: [], unread: [] }, {
      stack: "acme-eks",
      resources: [{
        logicalId: "InterruptionQueue",
        resourceType: "AWS::SQS::Queue",
        state: "modified",
        fields: [{ path: "MessageRetentionPeriod", before: "60", after: "300" }],
      }, { logicalId: "LogGroup", resourceType: "AWS::Logs::LogGroup", state: "deleted", fields: [] }],
      unread: ["Key: AccessDenied"],
    }],
    notes: ["acme-eks: not compared: Key: AccessDenied"],
  }),
  "upgrade": deployed([{ kind: "EC2NodeClass", fields: [AMI] }], {
    kubernetes: "1.34",
    karpenter: "1.9.0",
    charts: "update",
    rolls: { builder: { ...ROLL, because: ["Kubernetes 1.34 → 1.35", AMI.path] } },
    stacks: [{
      stack: "acme-eks",
      exists: true,
      changes: [{
        ...RESOURCE,
        action: "update",
        fields: [{ path: "Version", before: "1.34", after: "1.35" }],
      }, {
        logicalId: "SystemNodesGroup1a2b3c4d",
        resourceType: "AWS::EKS::Nodegroup",
        action: "replace",
        open: true,
        fields: [{ path: "InstanceTypes", before: "[m5.large]", after: "[m6i.large, m5.large]", replaces: true }],
      }],
    }],
  }),
};

for (const [name, observed] of Object.entries(WORLDS)) {
  Deno.test(`the plan ${name} reads as it did, as text, as Markdown and as JSON`, async () => {
    const plan = makePlan({ config, builds: [build], observed, only: PHASES });
    for (const columns of [80, 120]) {
      await golden(`plan/${name}-${columns}.txt`, `${describePlan(plan, { columns })}\n`);
    }
    await golden(`plan/${name}.md`, `${planMarkdown(plan)}\n`);
    await golden(`plan/${name}.json`, `${JSON.stringify(planDocument(plan), null, 2)}\n`);
  });
}
