/**
 * Every object that unitune makes, as the real API server takes it: Karpenter's own CRDs with all their rules, and
 * Kubernetes' kinds. A dry run on the server: nothing is made but the CRDs and three namespaces, which go again.
 */
import assert from "node:assert/strict";
import type { Kube, KubeObject } from "../../lib/core/kube.ts";
import { MOST_TAGS, OWN_TAGS, reservedTag } from "../../lib/core/facts/tags.ts";
import { CLUSTER } from "../../lib/core/pins.ts";
import { UNDEPLOYED } from "../../lib/actions/observe.ts";
import { loadConfig } from "../../lib/adapters/config/load.ts";
import type { Config } from "../../lib/config/types.ts";
import { plannedJob } from "../../lib/actions/jobs.ts";
import { openFiles } from "../../lib/project/files.ts";
import { ofKind } from "../objects.ts";
import { CASES, config } from "../options/cases.ts";
import { makeContexts, resolved } from "../options/render.ts";
import { moduleDir } from "./install/gobuild.ts";
import { kubectl, labReady, tryKubectl } from "./lab.ts";

const root = new URL("../../", import.meta.url).pathname;
/** Those that unitune makes, the last as the options of storage name it: a dry run makes none for what is in it. */
const namespaces = [CLUSTER.buildNamespace, CLUSTER.installNamespace, "training"];
let crds = "";
let contexts: Record<string, string> = {};

Deno.test.beforeAll(async () => {
  await labReady();
  contexts = await makeContexts();
  crds = `${await moduleDir("karpenter", "github.com/aws/karpenter-provider-aws")}/pkg/apis/crds`;
  await kubectl(["create", "-f", crds]);
  await kubectl(["wait", "--for=condition=Established", "--timeout=60s", "-f", crds]);
  for (const name of namespaces) await kubectl(["create", "namespace", name]);
  // On AWS the classes of a test before this one would have gone with its cluster; their fields cannot change.
  await kubectl(["delete", "storageclass", "-l", "app.kubernetes.io/managed-by=unitune", "--ignore-not-found"]);
});

Deno.test.afterAll(async () => {
  await kubectl(["delete", "-f", crds, "--ignore-not-found"]);
  await kubectl(["delete", "namespace", ...namespaces, "--ignore-not-found"]);
});

async function objectsOf(config: Config): Promise<Kube[]> {
  const files = await openFiles(config);
  try {
    const deployed = { ...UNDEPLOYED, region: config.region };
    const jobs = (await files.contexts.builds()).flatMap((build) => plannedJob(files, build));
    const helm = (["install", "uninstall"] as const).flatMap((action) => files.objects.helm(action, deployed));
    return [...files.objects.cluster(deployed), ...jobs, ...helm];
  } finally {
    await files.close();
  }
}

/** One dry run over all of them, each once. */
async function assertTaken(objects: readonly KubeObject[]): Promise<void> {
  const items = [...new Map(objects.map((object) => [JSON.stringify(object), object])).values()];
  assert.ok(items.length > 0);
  const ran = await dryRun(items);
  assert.equal(ran.stderr, "");
  assert.equal(ran.stdout.trim().split("\n").length, items.length);
}

async function dryRun(items: readonly KubeObject[]) {
  const list = JSON.stringify({ apiVersion: "v1", kind: "List", items });
  return await tryKubectl(
    ["apply", "--server-side", "--force-conflicts", "--dry-run=server", "--field-manager=unitune", "-f", "-"],
    list,
  );
}

Deno.test("the objects of every option are taken by the API server and Karpenter's CRDs", async () => {
  const objects: KubeObject[] = [];
  for (const defined of Object.values(CASES)) objects.push(...await objectsOf(resolved(defined, contexts)));
  await assertTaken(objects);
});

const examples = [...Deno.readDirSync(`${root}examples`)].map(({ name }) => `${root}examples/${name}`)
  .filter((folder) => [...Deno.readDirSync(folder)].some(({ name }) => name === "unitune.config.ts"))
  .toSorted();

for (const folder of [root.slice(0, -1), ...examples]) {
  const name = folder === root.slice(0, -1) ? "the repository's own config" : `example ${folder.split("/").at(-1)}`;
  Deno.test(`the objects of ${name} are taken by the API server and Karpenter's CRDs`, async () => {
    const { config: found } = await loadConfig({ cwd: folder, env: {} });
    await assertTaken(await objectsOf(found));
  });
}

Deno.test("the manifests that come with the examples are taken by the API server", async () => {
  const folders = examples.flatMap((folder) => [...Deno.readDirSync(folder)].map(({ name }) => `${folder}/${name}`));
  const files = folders.filter((file) => file.endsWith(".yaml"));
  assert.ok(files.length > 0);
  for (const file of files) {
    const ran = await tryKubectl(["apply", "--server-side", "--dry-run=server", "-f", file]);
    assert.equal(ran.stderr, "", file);
  }
});

/** What the CRDs' own rules say of an object that is spoilt in one place: these tests can fail. */
const SPOILT: Readonly<
  Record<string, readonly [kind: "EC2NodeClass" | "NodePool", change: Record<string, unknown>, says: RegExp]>
> = {
  "a weight beside replicas": ["NodePool", { replicas: 2, limits: undefined, weight: 5 }, /weight.*not supported/],
  "a limit of CPUs beside replicas": ["NodePool", { replicas: 2 }, /only 'limits.nodes' is supported/],
  "a budget with a schedule and no duration": [
    "NodePool",
    { disruption: { consolidateAfter: "1m", budgets: [{ nodes: "1", schedule: "@daily" }] } },
    /'schedule' must be set with 'duration'/,
  ],
  "two machine images by alias": [
    "EC2NodeClass",
    { amiSelectorTerms: [{ alias: "bottlerocket@v1.50.0" }, { alias: "al2023@v20261101" }] },
    /alias/,
  ],
  "no subnets": ["EC2NodeClass", { subnetSelectorTerms: [] }, /subnetSelectorTerms cannot be empty/],
  "no network interface with an address": [
    "EC2NodeClass",
    { networkInterfaces: [{ networkCardIndex: 0, deviceIndex: 0, interfaceType: "efa-only" }] },
    /must include a primary interface/,
  ],
  "two EFA on one network card": [
    "EC2NodeClass",
    {
      networkInterfaces: [
        { networkCardIndex: 0, deviceIndex: 0, interfaceType: "interface" },
        { networkCardIndex: 1, deviceIndex: 0, interfaceType: "efa-only" },
        { networkCardIndex: 1, deviceIndex: 1, interfaceType: "efa-only" },
      ],
    },
    /at most one efa device per network card/,
  ],
  "a placement group by name and id": [
    "EC2NodeClass",
    { placementGroupSelector: { name: "training", id: "pg-0123456789abcdef0" } },
    /'name' and 'id' are mutually exclusive/,
  ],
  "a reservation by id and owner": [
    "EC2NodeClass",
    { capacityReservationSelectorTerms: [{ id: "cr-0123456789abcdef0", ownerID: "123456789012" }] },
    /'id' is mutually exclusive/,
  ],
};

for (const [what, [kind, change, says]] of Object.entries(SPOILT)) {
  Deno.test(`a ${kind} with ${what} is refused by its CRD`, async () => {
    const objects = await objectsOf(resolved(CASES["cpuPool.maxCpus"]!, contexts));
    const [sound] = ofKind(objects, kind);
    const ran = await dryRun([{ ...sound!, spec: { ...sound!.spec, ...change } }]);
    assert.notEqual(ran.code, 0);
    assert.match(ran.stderr, says);
  });
}

/** Whole keys that the rules of EC2NodeClass's tags refuse, a cluster's own among them. */
const REFUSED = [
  "eks:eks-cluster-name",
  "kubernetes.io/cluster/acme",
  "karpenter.sh/nodepool",
  "karpenter.sh/nodeclaim",
  "karpenter.k8s.aws/ec2nodeclass",
];

Deno.test("as many and as long tags as a config may have are taken, and each that the CRD refuses is refused before", async () => {
  const most = Array.from(
    { length: MOST_TAGS - OWN_TAGS },
    (_, at) => [`${at}`.padEnd(128, "é /=+-@:._"), "ü".repeat(256)],
  );
  const tags = { ...Object.fromEntries(most.slice(1)), Name: "anything" };
  await assertTaken(await objectsOf(resolved(config({ top: { tags } }), contexts)));
  const [sound] = ofKind(await objectsOf(resolved(config(), contexts)), "EC2NodeClass");
  for (const key of REFUSED) {
    const ran = await dryRun([{ ...sound!, spec: { ...sound!.spec, tags: { [key]: "x" } } }]);
    assert.match(ran.stderr, /tag contains a restricted tag/, key);
    assert.ok(reservedTag(key), key);
  }
});
