/** A status as people read it: one text, read once, for everything that it may say. */
import assert from "node:assert/strict";
import { describeStatus } from "../../lib/plan/describe_status.ts";
import type { NodeStatus, Status } from "../../lib/plan/status.ts";

function node(name: string, change: Partial<NodeStatus> = {}): NodeStatus {
  const known = {
    type: "c6i.large",
    zone: "us-west-2a",
    capacity: "on-demand",
    state: "ready",
    seconds: 7500,
  } as const;
  return { name, ...known, usdPerHour: 0.085, ...change };
}

const STATUS: Status = {
  name: "acme",
  region: "us-west-2",
  account: "123456789012",
  at: 0,
  stacks: [{ stack: "acme-vpc", status: "CREATE_COMPLETE" }, { stack: "acme-eks", status: "UPDATE_ROLLBACK_FAILED" }],
  cluster: { status: "ACTIVE", version: "1.35", endpoint: "https://api" },
  inside: {
    unread: null,
    karpenter: null,
    pools: [
      { pool: "cpu", ready: true, ours: true, nodes: [] },
      {
        pool: "tune",
        ready: false,
        ours: true,
        nodes: [
          node("ip-10-0-1-2", { type: "g6e.xlarge", capacity: "spot", usdPerHour: 1.861 }),
          node("tune-abcde", { type: "zz9.large", state: "starting", seconds: 40, usdPerHour: null }),
        ],
      },
      { pool: "theirs", ready: true, ours: false, nodes: [] },
      { pool: "system", ready: null, ours: true, nodes: [node("ip-10-0-0-1", { seconds: 200_000 })] },
    ],
    waiting: [{ pod: "default/train-0", why: "waits for a node: no capacity", hint: "allow on-demand", seconds: 65 }],
    builds: [{ image: "trainer", job: "trainer-amd64-0123456789ab", state: "running", seconds: 90 }],
  },
  images: [{ image: "base", digest: "sha256:1", bytes: 5, seconds: 3600 }, {
    image: "trainer",
    digest: null,
    bytes: null,
    seconds: null,
  }],
  leftovers: [],
  usdPerHour: 2.046,
};

Deno.test("a status tells stacks, cluster, pools with nodes, what waits and why, builds, images and cost", () => {
  assert.deepEqual(describeStatus(STATUS).split("\n"), [
    "acme in us-west-2, account 123456789012",
    "",
    "stack acme-vpc  CREATE_COMPLETE",
    "stack acme-eks  UPDATE_ROLLBACK_FAILED",
    "cluster acme  ACTIVE, Kubernetes 1.35",
    "Karpenter  runs",
    "",
    "Pools",
    "  cpu  Ready  0 nodes",
    "  tune  not Ready  2 nodes",
    "    ip-10-0-1-2  g6e.xlarge  spot       us-west-2a  ready     2h5m  at most 1.86 USD an hour",
    "    tune-abcde   zz9.large   on-demand  us-west-2a  starting  40s   price not known",
    "  theirs  Ready  0 nodes  not created by unitune",
    "  system  1 node",
    "    ip-10-0-0-1  c6i.large  on-demand  us-west-2a  ready  2d7h  0.09 USD an hour",
    "",
    "Waiting",
    "  default/train-0  1m: waits for a node: no capacity",
    "    allow on-demand",
    "",
    "Build Jobs",
    "  trainer  trainer-amd64-0123456789ab  running  1m",
    "",
    "Images",
    "  base     sha256:1                                             1h0m ago",
    "  trainer  not built: its inputs have changed, or it never was",
    "",
    "About 2.05 USD an hour for control plane and nodes, without 1 node of unknown price " +
    "(on demand in us-east-1, 2026-10-27; us-west-2 differs; volumes and traffic come on top)",
  ]);
});

Deno.test("without a cluster, what it left behind is listed; a cluster that cannot be read says why", () => {
  const gone: Status = {
    ...STATUS,
    stacks: [{ stack: "acme-eks", status: null }],
    cluster: null,
    inside: null,
    images: [],
    leftovers: ["instance i-1"],
  };
  assert.deepEqual(describeStatus(gone).split("\n").slice(2), [
    "stack acme-eks  does not exist",
    "cluster acme  does not exist",
    "",
    "Left behind (unitune destroy deletes it)",
    "  instance i-1",
  ]);
  const inside = { ...STATUS.inside!, unread: "Cannot reach the API server", pools: [], waiting: [], builds: [] };
  const text = describeStatus({ ...STATUS, inside });
  assert.match(text, /^inside the cluster {2}not read: Cannot reach the API server$/m);
  assert.doesNotMatch(text, /USD/);
});

Deno.test("an age has its two largest units", () => {
  const told = [0, 59, 60, 3599, 3600, 7260, 86_399, 90_000].map((seconds) => {
    const images = [{ image: "a", digest: "d", bytes: null, seconds }],
      text = describeStatus({ ...STATUS, images, inside: null });
    return /a {2}d {2}(\w+) ago/.exec(text)![1];
  });
  assert.deepEqual(told, ["0s", "59s", "1m", "59m", "1h0m", "2h1m", "23h59m", "1d1h"]);
});
