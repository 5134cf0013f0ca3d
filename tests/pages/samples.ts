/** Documents with everything that a page can show. Texts of others are hostile. */
import type { FieldChange } from "../../lib/core/fields.ts";
import type { RunDocument } from "../../lib/pages/run.ts";
import type { StatusDocument } from "../../lib/pages/status.ts";
import type { PlanDocument } from "../../lib/plan/document.ts";
import type { Change } from "../../lib/plan/types.ts";

/** What a config or a Dockerfile may hold. */
export const HOSTILE = `</script><script>alert("1")</script><!-- <img src=x onerror='alert(2)'> & ]]>`;

const ref = { apiVersion: "karpenter.sh/v1", kind: "NodePool", name: "cpu" };
const step = { from: "1.34", to: "1.35", step: 1, of: 1 };
const fields: readonly FieldChange[] = [
  { path: "spec.limits.cpu", before: "64", after: "128", by: "kubectl" },
  { path: "spec.weight", before: null, after: HOSTILE },
];

const CHANGES: { readonly [Kind in Change["kind"]]: Extract<Change, { kind: Kind }> } = {
  bootstrap: { kind: "bootstrap", id: "bootstrap", after: [], action: "none", policies: ["AdministratorAccess"] },
  kubernetes: {
    kind: "kubernetes",
    id: "kubernetes:1.34",
    after: ["bootstrap"],
    action: "update",
    version: "1.34",
    kubernetes: null,
  },
  stacks: {
    kind: "stacks",
    id: "stacks",
    after: ["kubernetes:1.34"],
    action: "update",
    diffs: [
      { stack: "acme-vpc", exists: true, changes: [] },
      {
        stack: "acme-eks",
        exists: true,
        changes: [
          {
            logicalId: "Cluster",
            resourceType: "AWS::EKS::Cluster",
            action: "replace",
            name: "acme",
            fields: [{ path: "Name", before: "old", after: "acme", replaces: true }],
          },
          { logicalId: "NodeRole", resourceType: "AWS::IAM::Role", action: "update", open: true },
        ],
      },
    ],
    kubernetes: step,
    drift: [{
      stack: "acme-eks",
      resources: [
        {
          logicalId: "Queue",
          resourceType: "AWS::SQS::Queue",
          state: "modified",
          fields: [{ path: "MessageRetentionPeriod", before: "600", after: "300" }],
        },
        { logicalId: "LogGroup", resourceType: "AWS::Logs::LogGroup", state: "deleted", fields: [] },
      ],
      unread: ["Key: AccessDenied"],
    }],
    revertDrift: true,
  },
  access: {
    kind: "access",
    id: "access",
    after: ["stacks"],
    action: "update",
    entries: [{ action: "delete", principalArn: "arn:aws:iam::123456789012:role/a", purpose: "admin" }],
  },
  charts: { kind: "charts", id: "charts", after: ["access"], action: "none", version: "1.14.3", installed: "1.14.3" },
  object: { kind: "object", id: "nodepool:cpu", after: ["charts", "access"], action: "update", ref, fields },
  ready: {
    kind: "ready",
    id: "ready:cpu",
    after: ["nodepool:cpu"],
    action: "wait",
    pool: "cpu",
    rolls: {
      nodes: 3,
      all: false,
      because: ["spec.template.spec.requirements"],
      budgets: ["10%"],
      held: ["default/a: budget"],
    },
  },
  prune: {
    kind: "prune",
    id: "nodepool:old",
    after: ["nodepool:cpu"],
    action: "delete",
    ref: { ...ref, name: "old" },
  },
  repository: {
    kind: "repository",
    id: "repository:acme/a",
    after: [],
    action: "create",
    repository: "acme/a",
  },
  build: {
    kind: "build",
    id: "build:a",
    after: ["ready:cpu", "repository:acme/a"],
    action: "build",
    image: "a",
    key: "c".repeat(64),
    force: false,
    noCache: false,
    pull: false,
    because: HOSTILE,
  },
};

export const PLAN: PlanDocument = {
  version: 1,
  name: "acme",
  region: "us-west-2",
  kubernetes: { deployed: "1.34", wanted: "1.35", steps: ["1.35"] },
  changed: true,
  caller: { account: "123456789012", principalArn: "arn:aws:iam::123456789012:role/ml", partition: "aws" },
  changes: Object.values(CHANGES),
  endpoint: { kind: "public", publicFrom: ["203.0.113.0/24", "::/0"] },
  images: [{
    image: "a",
    repository: "acme/a",
    platforms: ["linux/amd64", "linux/arm64"],
    pool: "builder",
    needs: ["base"],
    context: { digest: "d".repeat(64), bytes: 3 << 20 },
  }],
  cost: {
    floorPerHour: 0.25,
    floorPerMonth: 182.5,
    ceilingPerHour: null,
    caches: { volumes: 1, gib: 100, perMonth: 8 },
    pools: [{ pool: "cpu", limit: "64 vCPUs", ceilingPerHour: 3.5 }, {
      pool: "new",
      limit: "4 nodes",
      ceilingPerHour: null,
    }],
  },
  quotas: [
    { service: "ec2", code: "L-1", name: "Spot", unit: "vCPUs", least: 4, most: 64, held: 32 },
    { service: "ec2", code: "L-2", name: "On demand", unit: "vCPUs", least: 4, most: 64, held: null },
  ],
  findings: [{
    code: "DOCKERFILE",
    severity: "warning",
    path: "images.a",
    message: `instruction ${HOSTILE}`,
    hint: "fix it",
    place: { file: "a/Dockerfile", line: 3, column: 1 },
  }],
  notes: ["a/Dockerfile:3:1  images.a  as above — fix it", "read without a change set"],
};

export const REPORT: RunDocument = {
  version: 1,
  steps: PLAN.changes.map(({ id }, at) => ({
    id,
    state: (["unchanged", "done", "failed", "skipped", "cancelled"] as const)[at % 5]!,
    at: Date.UTC(2026, 10, 26, 8) + at * 60_000,
    seconds: at * 30,
    ...at === 2 && {
      error: { code: "STACK_FAILED", message: HOSTILE, path: "acme-eks", hint: "look", lines: ["Cluster: no"] },
    },
  })),
  images: {
    a: {
      state: "built",
      ref: "registry/acme/a@sha256:1",
      digest: `sha256:${"b".repeat(64)}`,
      seconds: 125,
      context: { digest: "d".repeat(64), bytes: 3 << 20, uploadedBytes: 1024 },
      job: "a-amd64-1, a-arm64-1",
      because: "its context changed",
    },
  },
};

export const STATUS: StatusDocument = {
  version: 1,
  name: "acme",
  region: "us-west-2",
  account: "123456789012",
  at: Date.UTC(2026, 10, 26, 8),
  stacks: [{ stack: "acme-vpc", status: "CREATE_COMPLETE" }, { stack: "acme-eks", status: null }],
  cluster: { status: "ACTIVE", version: "1.35", endpoint: "https://eks.example" },
  inside: {
    unread: null,
    karpenter: null,
    pools: [{
      pool: "cpu",
      ready: true,
      ours: true,
      nodes: [
        { name: "n1", type: "m7i.large", zone: "a", capacity: "spot", state: "ready", seconds: 90, usdPerHour: 0.1 },
        { name: HOSTILE, type: null, zone: null, capacity: null, state: "starting", seconds: 5, usdPerHour: null },
      ],
    }, { pool: "system", ready: null, ours: true, nodes: [] }],
    waiting: [{ pod: "default/train", why: HOSTILE, hint: "wait", seconds: 61 }],
    builds: [{ image: "a", job: "a-amd64-1", state: "running", seconds: 30 }],
  },
  images: [{ image: "a", digest: `sha256:${"b".repeat(64)}`, bytes: 3 << 20, seconds: 3600 }, {
    image: "b",
    digest: null,
    bytes: null,
    seconds: null,
  }],
  leftovers: ["volume vol-1"],
  usdPerHour: 0.35,
};
