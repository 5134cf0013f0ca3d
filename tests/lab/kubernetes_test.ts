/** The cluster itself: its nodes, its pods' way to the API server, its registry names, its logs. */
import assert from "node:assert/strict";
import { PINS } from "../../lib/core/pins.ts";
import { kubectl, labReady } from "./lab.ts";
import { internet, nodes, services } from "./layout.ts";
import { podNetworksLeft } from "./kubernetes/network.ts";

const namespace = "lab-kubernetes";
const fetcher = PINS.fetcherImage;

Deno.test.beforeAll(async () => {
  await labReady();
  await kubectl(["create", "namespace", namespace]);
});

Deno.test.afterAll(async () => {
  await kubectl(["delete", "namespace", namespace, "--ignore-not-found"]);
});

interface PodParts {
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly container?: Readonly<Record<string, unknown>>;
}

/** Runs a program in a pod on the named node, and answers what the kubelet there has of its output. */
async function inPod(node: string, command: readonly string[], { spec: more, container }: PodParts = {}) {
  const name = `pod-${crypto.randomUUID().slice(0, 8)}`;
  const containers = [{ name: "main", image: fetcher, command, ...container }];
  const spec = { restartPolicy: "Never", nodeName: node, containers, ...more };
  const pod = { apiVersion: "v1", kind: "Pod", metadata: { name, namespace }, spec };
  await kubectl(["create", "-f", "-"], JSON.stringify(pod));
  const path = ["pod", name, "-n", namespace];
  await kubectl(["wait", ...path, "--timeout=60s", "--for=jsonpath={.status.phase}=Succeeded"]);
  return await kubectl(["logs", name, "-n", namespace]);
}

Deno.test("both system nodes are Ready, each in a zone of its own and a member of the system's node group", async () => {
  const list = JSON.parse(
    await kubectl(["get", "nodes", "-l", "eks.amazonaws.com/nodegroup=system", "-o", "json"]),
  ) as {
    items: {
      metadata: { name: string; labels: Record<string, string> };
      status: { conditions: { type: string; status: string }[]; addresses: { type: string; address: string }[] };
    }[];
  };
  const seen = list.items.map(({ metadata, status }) => ({
    name: metadata.name,
    zone: metadata.labels["topology.kubernetes.io/zone"],
    address: status.addresses.find((item) => item.type === "InternalIP")?.address,
    ready: status.conditions.find((item) => item.type === "Ready")?.status,
  }));
  const wanted = nodes.filter((node) => node.kind === "system")
    .map(({ name, zone, address }) => ({ name, zone, address, ready: "True" }));
  assert.deepEqual(seen, wanted);
});

const ask = `
const { lookup } = require("node:dns/promises");
const { readFileSync } = require("node:fs");
const { request } = require("node:https");
(async () => {
  const names = ["kubernetes.default.svc", "public.ecr.aws", "123456789012.dkr.ecr.us-west-2.amazonaws.com"];
  const addresses = [];
  for (const name of names) addresses.push((await lookup(name, { family: 0 })).address);
  const real = await lookup("sts.us-west-2.amazonaws.com").then(() => "reached", (error) => error.code);
  const ca = readFileSync("/var/run/secrets/kubernetes.io/serviceaccount/ca.crt");
  const status = await new Promise((resolve, reject) => {
    request("https://kubernetes.default.svc/version", { ca }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    }).on("error", reject).end();
  });
  console.log(JSON.stringify({ addresses, real, status }));
})();`;

for (const node of ["system-a", "system-b"]) {
  Deno.test(`a pod on ${node} reaches the API server by its service's name, registries by theirs, and no real AWS`, async () => {
    const said = JSON.parse(await inPod(node, ["node", "-e", ask])) as Record<string, unknown>;
    assert.deepEqual(said["addresses"], [services.kubernetes, internet, internet]);
    assert.equal(said["status"], 200);
    assert.match(String(said["real"]), /ENOTFOUND|EAI_AGAIN|EREFUSED|ESERVFAIL/);
  });
}

const look = `
const { readFileSync, statSync, writeFileSync } = require("node:fs");
writeFileSync("/data/mine", "");
const owner = (path) => statSync(path).uid;
const [inside, outside, count] = readFileSync("/proc/self/uid_map", "utf8").trim().split(/ +/).map(Number);
console.log(JSON.stringify({ inside, outside, count, mine: owner("/data/mine"), machine: owner("/proc/sys") }));`;

Deno.test("a pod in a user namespace of its own is root inside and nobody outside, and its volumes are its own", async () => {
  const said = JSON.parse(
    await inPod("system-b", ["node", "-e", look], {
      spec: { hostUsers: false, volumes: [{ name: "data", emptyDir: {} }] },
      container: { securityContext: { privileged: true }, volumeMounts: [{ name: "data", mountPath: "/data" }] },
    }),
  ) as Record<string, number>;
  const { outside, ...rest } = said;
  assert.deepEqual(rest, { inside: 0, count: 65_536, mine: 0, machine: 65_534 });
  assert.ok(outside! >= 65_536, `root of the pod is ${outside} on the machine`);
});

Deno.test("a pod that was deleted leaves no network namespace on the machine", async () => {
  const before = (await podNetworksLeft()).map((item) => item.netns);
  await inPod("system-a", ["node", "-e", "0"]);
  await kubectl(["delete", "pods", "--all", "-n", namespace, "--wait"]);
  const left = (await podNetworksLeft()).map((item) => item.netns).filter((netns) => !before.includes(netns));
  assert.deepEqual(left, []);
});
