/**
 * Each fact is told once: what it is written with stands in one file of the program, its home. A template cannot import;
 * where one repeats a fact, a test below holds it to the home. Comments and the types of a config's author do not count.
 */
import assert from "node:assert/strict";
import { parseAllDocuments } from "yaml";
import { CONTEXT_DAYS } from "../../../lib/core/facts/contexts.ts";
import { FAST_THROUGHPUT, GP3_THROUGHPUT } from "../../../lib/core/facts/gp3.ts";
import { DEFAULT_KUBERNETES, KUBERNETES, KUBERNETES_VERSIONS } from "../../../lib/core/facts/kubernetes.ts";
import { NODE_POOL_TAG } from "../../../lib/core/facts/tags.ts";
import { SYSTEM_TAINT, SYSTEM_TOLERATION } from "../../../lib/core/facts/taints.ts";
import { KINDS } from "../../../lib/core/kube.ts";
import { CLUSTER, SYSTEM_NAMESPACE } from "../../../lib/core/pins.ts";
import { annotationsOn } from "../../../lib/images/disruption.ts";
import { FAILURE } from "../../../lib/images/backends/buildkit/progress.ts";

const ROOT = new URL("../../../", import.meta.url);
const FACTS = "lib/core/facts/";
const PERMISSIONS = "infra/permissions.json";
const [BUILD_JOB, INSTALL] = ["templates/build-job.yaml", "templates/cluster/install.yaml"];
const NAMESPACE = "templates/cluster/build-namespace.yaml";
const PLUGINS = ["templates/cluster/device-plugin-efa.yaml", "templates/cluster/device-plugin-nvidia.yaml"];

interface Fact {
  readonly fact: string;
  readonly written: RegExp;
  readonly home: string;
  /** Other files that have to repeat it; a test holds each to the home. */
  readonly repeated?: readonly string[];
}

const TABLE: readonly Fact[] = [
  { fact: "tag mutability of repositories", written: /IMMUTABLE_WITH_EXCLUSION/, home: `${FACTS}repositories.ts` },
  { fact: "encryption of repositories", written: /AES256/, home: `${FACTS}repositories.ts` },
  { fact: "lifecycle of repositories", written: /rulePriority/, home: `${FACTS}repositories.ts` },
  { fact: "scan on push", written: /scanOnPush: (true|false)/, home: `${FACTS}repositories.ts` },
  { fact: "tags of builds", written: /"src-|`src-|"buildcache/, home: "lib/core/names.ts" },
  {
    fact: "lifetime of contexts",
    written: /CONTEXT_DAYS = |expiration: Duration\.days\(\d/,
    home: `${FACTS}contexts.ts`,
  },
  { fact: "taint of system nodes", written: /CriticalAddonsOnly/, home: `${FACTS}taints.ts`, repeated: [INSTALL] },
  { fact: "taint and resource of GPUs", written: /nvidia\.com\/gpu/, home: `${FACTS}taints.ts` },
  { fact: "taint of builders", written: /unitune\.dev\/builder/, home: `${FACTS}taints.ts` },
  { fact: "EKS's spelling of a taint's effect", written: /NO_SCHEDULE/, home: "infra/nodes.ts" },
  {
    fact: "tag of the cluster",
    written: /unitune:cluster/,
    home: `${FACTS}tags.ts`,
    repeated: [PERMISSIONS],
  },
  {
    fact: "tag of the owner",
    written: /kubernetes\.io\/cluster\//,
    home: `${FACTS}tags.ts`,
    repeated: [PERMISSIONS],
  },
  { fact: "tag and label of a pool", written: /karpenter\.sh\/nodepool/, home: `${FACTS}tags.ts`, repeated: [INSTALL] },
  { fact: "tag of disks of claims", written: /CSIVolumeName/, home: `${FACTS}leftovers.ts` },
  {
    fact: "tag of pods' network interfaces",
    written: /cluster\.k8s\.amazonaws\.com\/name/,
    home: `${FACTS}leftovers.ts`,
    repeated: [PERMISSIONS],
  },
  { fact: "log group", written: /\/aws\/eks\//, home: `${FACTS}leftovers.ts`, repeated: [PERMISSIONS] },
  { fact: "path of profiles", written: /\/karpenter\/[${]/, home: `${FACTS}leftovers.ts`, repeated: [PERMISSIONS] },
  { fact: "states of live instances", written: /"stopping"/, home: `${FACTS}leftovers.ts` },
  { fact: "ids of resources", written: /\{17\}/, home: `${FACTS}ids.ts` },
  { fact: "accounts", written: /\[0-9\]\{12\}|\\d\{12\}/, home: `${FACTS}ids.ts` },
  { fact: "regions", written: /central\||\(-\[a-z\]\+\)/, home: `${FACTS}ids.ts` },
  { fact: "ids of zones", written: /-az\[0-9\]/, home: `${FACTS}ids.ts` },
  { fact: "versions of Kubernetes", written: /"1\.3\d"/, home: `${FACTS}kubernetes.ts` },
  { fact: "limits of gp3", written: /\b(125|80_?000)\b/, home: `${FACTS}gp3.ts`, repeated: [`${FACTS}prices.json`] },
  { fact: "fast disks", written: /THROUGHPUT = \d|diskThroughput: \d/, home: `${FACTS}gp3.ts` },
  { fact: "form of BuildKit's log", written: /--progress/, home: "lib/images/backends/buildkit/progress.ts" },
  { fact: "states in BuildKit's log", written: /CANCELED/, home: "lib/images/backends/buildkit/progress.ts" },
  {
    fact: "failures in BuildKit's log",
    written: /importing cache/,
    home: "lib/images/backends/buildkit/progress.ts",
    repeated: [BUILD_JOB],
  },
  {
    fact: "namespace of builds",
    written: /\bunitune-build\b/,
    home: "lib/core/pins.ts",
    // The last one names a session in AWS, and no namespace.
    repeated: [BUILD_JOB, NAMESPACE, "templates/fetch-context.mjs"],
  },
  {
    fact: "account of builds",
    written: /unitune-builder/,
    home: "lib/core/pins.ts",
    repeated: [BUILD_JOB, NAMESPACE],
  },
  { fact: "where Helm runs", written: /unitune-install(er)?\b/, home: "lib/core/pins.ts", repeated: [INSTALL] },
  {
    fact: "Kubernetes' own namespace",
    written: /kube-system/,
    home: "lib/core/pins.ts",
    repeated: [NAMESPACE, ...PLUGINS],
  },
  { fact: "label of what is ours", written: /app\.kubernetes\.io\/managed-by/, home: "lib/core/pins.ts" },
  { fact: "field manager", written: /fieldManager: "/, home: "lib/core/pins.ts" },
  { fact: "labels and annotations of builds", written: /unitune\.dev\/(key|image|asked)/, home: "lib/core/pins.ts" },
  { fact: "tag of what Karpenter finds", written: /karpenter\.sh\/discovery/, home: "lib/core/pins.ts" },
  { fact: "tag of access entries", written: /unitune:access/, home: "lib/core/pins.ts" },
  {
    fact: "outputs of stacks",
    written: /"(ContextBucketName|NodeRoleArn|ServiceCidr|Zones)"/,
    home: "lib/core/pins.ts",
  },
  {
    fact: "pods that are not disrupted",
    written: /karpenter\.sh\/do-not-disrupt/,
    home: "lib/core/pins.ts",
    repeated: [BUILD_JOB],
  },
  {
    fact: "Karpenter's kinds",
    written: /karpenter\.(sh|k8s\.aws)\/v1/,
    home: "lib/core/kube.ts",
    repeated: ["templates/cluster/node-class.yaml", "templates/cluster/node-pool.yaml"],
  },
  { fact: "names of claims", written: /"PersistentVolumeClaim" && namespace/, home: "lib/core/names.ts" },
];

/** Written for the author of a config, or made from the sources by a task that a test holds to them. */
const NOT_TOLD = ["lib/config/input/", "templates/init/", "templates/lambda/"];

function filesIn(folder: string): string[] {
  return [...Deno.readDirSync(new URL(folder, ROOT))].flatMap(({ name, isDirectory }) => {
    return isDirectory ? filesIn(`${folder}${name}/`) : [`${folder}${name}`];
  });
}

function withoutComments(file: string, text: string): string {
  if (file.endsWith(".yaml")) return text.replace(/^\s*#.*$/gm, "");
  return file.endsWith(".json") ? text : text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/(^|\s)\/\/.*$/gm, "$1");
}

const read = (file: string) => Deno.readTextFileSync(new URL(file, ROOT));
const files = ["main.ts", ...["lib/", "infra/", "templates/"].flatMap(filesIn)]
  .filter((file) => !NOT_TOLD.some((folder) => file.startsWith(folder)));
const texts = new Map(files.map((file) => [file, withoutComments(file, read(file))]));

for (const { fact, written, home, repeated = [] } of TABLE) {
  Deno.test(`one file tells: ${fact}`, () => {
    const found = [...texts].filter(([, text]) => written.test(text)).map(([file]) => file);
    assert.deepEqual(found.sort(), [home, ...repeated].sort());
  });
}

Deno.test("a fact that stands in a second file is found, and one in a comment is not", () => {
  const { written } = TABLE.find(({ fact }) => fact === "taint of builders")!;
  assert.ok(written.test(withoutComments("lib/a.ts", 'const key = "unitune.dev/builder"; // the taint')));
  assert.ok(
    !written.test(
      withoutComments("lib/a.ts", "/** The taint unitune.dev/builder. */\nconst a = 1; // unitune.dev/builder"),
    ),
  );
});

// deno-lint-ignore no-explicit-any
type Yaml = any;
const objectsOf = (file: string): Yaml[] => parseAllDocuments(read(file)).map((document) => document.toJS());

Deno.test("the build Job and its namespace are where the program looks for them", () => {
  const [job] = objectsOf(BUILD_JOB), [namespace, account] = objectsOf(NAMESPACE);
  assert.equal(job.metadata.namespace, CLUSTER.buildNamespace);
  assert.equal(job.spec.template.spec.serviceAccountName, CLUSTER.builderAccount);
  assert.equal(namespace.metadata.name, CLUSTER.buildNamespace);
  assert.deepEqual([account.metadata.name, account.metadata.namespace], [
    CLUSTER.builderAccount,
    CLUSTER.buildNamespace,
  ]);
});

Deno.test("the annotation of a build Job's pods is the one that goes where a node may be taken back", () => {
  const annotations = objectsOf(BUILD_JOB)[0].spec.template.metadata.annotations;
  const spot = { capacity: ["spot"] } as unknown as Parameters<typeof annotationsOn>[0];
  const gone = Object.keys(annotations).filter((key) => !Object.hasOwn(annotationsOn(spot, annotations), key));
  assert.deepEqual(gone, ["karpenter.sh/do-not-disrupt"]);
});

Deno.test("the build Job's script looks for failures by the words of BuildKit's log", () => {
  const { step, reason, cache } = FAILURE, text = read(BUILD_JOB);
  assert.ok(text.includes(`text | grep '^${step}' | grep -v '^${step}${cache}'`));
  assert.ok(text.includes(`text | grep '^${reason}'`));
});

Deno.test("Helm's Job is in its own namespace, on the system nodes, off every pool", () => {
  const objects = objectsOf(INSTALL), job = objects.find(({ kind }) => kind === "Job").spec.template.spec;
  for (const { kind, metadata: { namespace, name } } of objects) {
    if (kind === "ClusterRoleBinding") continue;
    assert.equal(kind === "Namespace" ? name : namespace, CLUSTER.installNamespace, kind);
  }
  assert.equal(job.serviceAccountName, CLUSTER.installerAccount);
  assert.deepEqual(job.tolerations, [SYSTEM_TOLERATION]);
  assert.equal(SYSTEM_TOLERATION.key, SYSTEM_TAINT.key);
  const [term] = job.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms;
  assert.deepEqual(term.matchExpressions, [{ key: NODE_POOL_TAG, operator: "DoesNotExist" }]);
});

Deno.test("device plugins are in Kubernetes' own namespace, and pools and classes of Karpenter's kinds", () => {
  for (const file of PLUGINS) assert.equal(objectsOf(file)[0].metadata.namespace, SYSTEM_NAMESPACE, file);
  const [nodeClass] = objectsOf("templates/cluster/node-class.yaml");
  const [pool] = objectsOf("templates/cluster/node-pool.yaml");
  const kindOf = ({ apiVersion, kind }: Yaml) => ({ apiVersion, kind });
  assert.deepEqual([kindOf(nodeClass), kindOf(pool)], [KINDS.nodeClass, KINDS.nodePool]);
  const { group, kind } = pool.spec.template.spec.nodeClassRef;
  assert.deepEqual([`${group}/v1`, kind], [KINDS.nodeClass.apiVersion, KINDS.nodeClass.kind]);
});

Deno.test("what the author of a config reads of versions and throughput is what the program does", () => {
  const config = read("lib/config/input/config.ts"), pool = read("lib/config/input/pool.ts");
  const versions = KUBERNETES_VERSIONS.map((version) => `"${version}"`).join(" | ");
  assert.ok(
    config.includes(
      `/** Kubernetes version. Default: \`"${DEFAULT_KUBERNETES}"\`. */\n  readonly version?: ${versions};`,
    ),
  );
  for (const version of KUBERNETES_VERSIONS) {
    assert.match(config, new RegExp(`[( ]${version}: 1\\.${KUBERNETES[version].karpenterMinor}[,)]`), version);
  }
  const { least, most } = GP3_THROUGHPUT;
  assert.ok(pool.includes(`in MiB/s, ${least} to ${most}. Default: ${FAST_THROUGHPUT} for the builder pool`));
  assert.ok(pool.includes(`${least} for others`));
});

Deno.test("where documents say for how long contexts are kept, it is what the bucket does", () => {
  const documents = ["README.md", ...(exists("docs/") ? filesIn("docs/") : [])].filter((file) => file.endsWith(".md"));
  for (const file of documents) {
    for (const [, days] of read(file).matchAll(/contexts?[^.\n]{0,60}\b(\d+) days/gi)) {
      assert.equal(Number(days), CONTEXT_DAYS, file);
    }
  }
});

function exists(folder: string): boolean {
  try {
    return Deno.statSync(new URL(folder, ROOT)).isDirectory;
  } catch {
    return false;
  }
}
