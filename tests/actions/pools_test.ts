/** Pools in an apply: what is planned of their readiness, what a pool that does not work stops, and what it does not. */
import assert from "node:assert/strict";
import { EXIT, isUnituneError } from "../../lib/core/errors.ts";
import { CLUSTER, OUTPUTS } from "../../lib/core/pins.ts";
import { KINDS, type Kube, type KubeObject } from "../../lib/core/kube.ts";
import type { ClusterInfo } from "../../lib/core/ports.ts";
import { applyPlan } from "../../lib/actions/apply.ts";
import { planDeployed } from "../../lib/actions/plan.ts";
import type { Report } from "../../lib/actions/report.ts";
import { isNoop } from "../../lib/plan/changes.ts";
import { describePlan } from "../../lib/plan/describe.ts";
import { planDocument } from "../../lib/plan/document.ts";
import type { BuildSpec, Config, Plan } from "../../lib/plan/types.ts";
import { facts, image } from "../images/specs.ts";
import { config as sample } from "../cluster/samples.ts";
import { fakeStore } from "../fakes/context_store.ts";
import { FakeKube, KARPENTER_KINDS, OURS } from "../fakes/kube.ts";
import { fakeOperation } from "../fakes/operation.ts";
import { fakeRegistry } from "../fakes/registry.ts";
import { controllers, nodeClass, nodePool } from "../jobs/karpenter.ts";

const POOLS = ["builder", "cpu"];
const trainer: BuildSpec = {
  image: image("trainer", { pool: "builder", tags: [] }),
  key: "a".repeat(64),
  parts: {},
  context: facts,
  needs: [],
};
const config: Config = {
  ...sample,
  name: "acme",
  pools: sample.pools.filter(({ name }) => POOLS.includes(name)),
  images: [trainer.image],
};
const space: Kube<"Namespace"> = { ...KINDS.namespace, metadata: { name: CLUSTER.buildNamespace } };
const NONE = ["False", "SubnetsNotFound", "SubnetSelector did not match any Subnets"] as const;

const MANIFEST = {
  mediaType: "application/vnd.oci.image.manifest.v1+json",
  body: JSON.stringify({ annotations: { [CLUSTER.imageKeyAnnotation]: trainer.key } }),
};

/** As unitune applies it; the status is Karpenter's. */
function desired<T extends Kube<"EC2NodeClass" | "NodePool">>({ status: _, ...object }: T): Omit<T, "status"> {
  const { name, labels = {} } = object.metadata;
  return { ...object, metadata: { name, labels } };
}

/** A cluster with its Karpenter, which calls every class Ready but the `broken` ones. */
function world(broken: Set<string> = new Set()) {
  class Kube extends FakeKube {
    override async apply(object: KubeObject, options = {}) {
      const done = await super.apply(object, options);
      if (!("dryRun" in options)) this.#look(object);
      return done;
    }

    override async create<T extends KubeObject>(object: T): Promise<T> {
      const made = await super.create(object);
      if (object.kind !== "Job") return made;
      const digest = registry.push("acme/trainer", "src-aaaaaaaaaaaa", MANIFEST);
      const { name, namespace } = object.metadata, labels = { "batch.kubernetes.io/job-name": name };
      const terminated = { exitCode: 0, message: JSON.stringify({ digest }) };
      this.log("p", "buildkit", namespace!).end();
      const status = { phase: "Succeeded", containerStatuses: [{ name: "buildkit", state: { terminated } }] };
      this.put({ apiVersion: "v1", kind: "Pod", metadata: { name: "p", namespace: namespace!, labels }, status });
      return this.put({ ...made, status: { conditions: [{ type: "Complete", status: "True" }] } });
    }

    /** Karpenter looks at what was applied, as at what it is asked about again. */
    #look({ kind, metadata: { name } }: KubeObject): void {
      const bad = broken.has(name);
      const status = kind === "EC2NodeClass"
        ? nodeClass(name, bad ? { SubnetsReady: NONE, Ready: ["False"] } : {}).status
        : nodePool(name, bad ? { NodeClassReady: NONE, Ready: ["False"] } : {}).status;
      if (kind !== "EC2NodeClass" && kind !== "NodePool") return;
      for (const apiVersion of ["karpenter.k8s.aws/v1", "karpenter.sh/v1"]) {
        void this.get({ apiVersion, kind, name }).then((found) => found && this.put({ ...found, status }));
      }
    }
  }
  const kube = new Kube(KARPENTER_KINDS), registry = fakeRegistry();
  const { controllers: [karpenter], lease } = controllers();
  kube.put(karpenter!);
  kube.put(lease);
  kube.put({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "unitune-karpenter", namespace: "kube-system", labels: OURS },
    data: { hash: "same", version: "1.14.3" },
  });
  const objects = [
    space,
    ...POOLS.map((name) => desired(nodeClass(name))),
    ...POOLS.map((name) => desired(nodePool(name))),
  ];
  const outputs = Object.fromEntries(Object.values(OUTPUTS).map((name) => [name, name]));
  const cluster = { name: "acme", status: "ACTIVE", version: "1.35", vpcId: "vpc-1", subnetIds: [] as string[] };
  const open = () =>
    fakeOperation(config, {
      identity: { caller: () => Promise.resolve({ account: "1", partition: "aws", principalArn: "arn:me" }) },
      stacks: { outputs: () => Promise.resolve(outputs) },
      eks: {
        cluster: () => Promise.resolve(cluster as unknown as ClusterInfo),
        accessEntries: () => Promise.resolve([ENTRY]),
      },
      parameters: { known: (names) => Promise.resolve(new Set(names)) },
      network: { zones: () => Promise.resolve(ZONES) },
      permissions: { simulate: () => Promise.resolve([]) },
      quotas: { value: (_, code) => Promise.resolve(code === STANDARD ? 1000 : null) },
      registry,
      contexts: () => fakeStore(),
      kube: () => Promise.resolve(kube),
    }, {
      contexts: {
        builds: () => Promise.resolve([trainer]),
        findings: () => Promise.resolve([]),
        upload: () => Promise.resolve({ listKey: "l", listDigest: "d", bytes: 1, uploadedBytes: 1 }),
      },
      objects: {
        build: ({ name }) => {
          const metadata = { name, namespace: CLUSTER.buildNamespace };
          return [{ ...KINDS.job, metadata, spec: { template: {} } }];
        },
        cluster: () => objects,
        chartsHash: () => "same",
      },
    });
  const only = ["pools", "images"] as const;
  return {
    kube,
    plan: (hidden: readonly string[] = []): Promise<Plan> => {
      const operation = open();
      operation.hide(hidden.map((value) => new TextEncoder().encode(value)));
      return planDeployed(operation, { only });
    },
    apply: async (): Promise<Report> => {
      const operation = open();
      return await applyPlan(operation, await planDeployed(operation, { only }));
    },
  };
}

/** The quota of on-demand instances of the usual kinds. */
const STANDARD = "L-1216C47A";
const ENTRY = { principalArn: "arn:me", ours: true, isAdmin: true, purpose: "caller" as const };
const ZONES = ["usw2-az1", "usw2-az2", "usw2-az3"].map((id) => ({ id, name: id, available: true }));
const states = ({ results }: Report) =>
  results.filter(({ id }) => /^(ready|build):/.test(id)).map(({ id, state }) => `${id} ${state}`);

Deno.test("apply ends when the pools are ready, and images are built on theirs", async () => {
  const { apply, plan } = world();
  assert.match(describePlan(await plan()), /^ {2}pool builder {2}waits until Karpenter reports it Ready$/m);
  assert.deepEqual(states(await apply()), ["ready:builder unchanged", "ready:cpu unchanged", "build:trainer done"]);
});

Deno.test("what differs from a pool is told field by field; a secret in it is masked", async () => {
  const { kube, plan } = world(), before = nodePool("cpu"), { template } = before.spec;
  const [first, ...more] = template.spec.requirements;
  const requirements = [{ ...first!, values: ["hf_never.shown"] }, ...more];
  kube.put({ ...before, spec: { template: { spec: { ...template.spec, requirements } } } });
  const changes = (await plan(["hf_never.shown"])).changes.filter(({ id }) => id === "nodepool:cpu");
  const fields = changes.flatMap((change) => change.kind === "object" ? change.fields ?? [] : []);
  const path = "spec.template.spec.requirements[karpenter.sh/capacity-type].values";
  assert.deepEqual(fields, [{ path, before: "[***]", after: "[on-demand]" }]);
});

Deno.test("a plan holds the account's quotas, as far as the pools meet them and AWS tells them", async () => {
  const { quotas } = planDocument(await world().plan());
  assert.equal(quotas.find(({ code }) => code === STANDARD)?.held, 1000);
  assert.ok(quotas.some(({ held }) => held === null));
});

Deno.test("a second apply changes nothing, asks nothing twice and waits for nothing", async () => {
  const { apply, plan, kube } = world();
  await apply();
  const again = await plan();
  assert.ok(isNoop(again));
  assert.deepEqual(again.notes, []);
  assert.match(describePlan(again), /^ {2}pool builder {2}Ready$/m);
  kube.calls.length = 0;
  assert.deepEqual(states(await apply()), [
    "ready:builder unchanged",
    "ready:cpu unchanged",
    "build:trainer unchanged",
  ]);
  assert.deepEqual(kube.calls.filter((call) => /^(apply|create|get NodePool)/.test(call)), []);
});

Deno.test("a pool that does not work ends apply with an error, and stops no build on another pool", async () => {
  const { apply } = world(new Set(["cpu"]));
  const report = await apply();
  assert.deepEqual(states(report), ["ready:builder unchanged", "ready:cpu failed", "build:trainer done"]);
  const error = report.results.find(({ id }) => id === "ready:cpu")!.error;
  assert.ok(isUnituneError(error));
  assert.deepEqual([error.code, error.exit], ["POOL_NOT_READY", EXIT.cluster]);
});

Deno.test("a builder pool that does not work skips the builds, by name", async () => {
  const report = await world(new Set(["builder"])).apply();
  assert.deepEqual(states(report), ["ready:builder failed", "ready:cpu unchanged", "build:trainer skipped"]);
  assert.equal(report.images["trainer"]!.because, "ready:builder failed");
});

Deno.test("a pool that stopped working is noticed though nothing changes: a note in the plan, a failed apply", async () => {
  const broken = new Set<string>(), { apply, plan, kube } = world(broken);
  await apply();
  broken.add("cpu");
  const found = await kube.get({ apiVersion: "karpenter.k8s.aws/v1", kind: "EC2NodeClass", name: "cpu" });
  kube.put({ ...found!, status: nodeClass("cpu", { SubnetsReady: NONE, Ready: ["False"] }).status });
  const again = await plan();
  assert.ok(isNoop(again));
  assert.deepEqual(again.notes.length, 1);
  assert.match(
    again.notes[0]!,
    /^pool cpu is not ready {2}network {2}EC2NodeClass cpu: SubnetsReady is False.* — no subnet has/,
  );
  assert.deepEqual(states(await apply()), ["ready:builder unchanged", "ready:cpu failed", "build:trainer unchanged"]);
  broken.clear();
  assert.deepEqual(states(await apply()), ["ready:builder unchanged", "ready:cpu done", "build:trainer unchanged"]);
});

Deno.test("a Karpenter that does not run any more is noticed, whatever it said of the pools before", async () => {
  const { apply, plan, kube } = world();
  await apply();
  const ref = { apiVersion: "v1", kind: "Pod", name: "karpenter-a", namespace: "kube-system" };
  const pod = await kube.get(ref);
  await kube.remove(ref);
  const again = await plan();
  assert.ok(isNoop(again));
  assert.deepEqual(again.notes, ["no pool can get nodes  Karpenter has no pods"]);
  assert.deepEqual(states(await apply()), ["ready:builder failed", "ready:cpu failed", "build:trainer unchanged"]);
  kube.put(pod!);
  assert.deepEqual(states(await apply()), [
    "ready:builder unchanged",
    "ready:cpu unchanged",
    "build:trainer unchanged",
  ]);
});
