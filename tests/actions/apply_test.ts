/** How a plan is run: what is limited, and what a build waits for. */
import assert from "node:assert/strict";
import { applyPlan } from "../../lib/actions/apply.ts";
import type { RunOptions } from "../../lib/actions/images/build_run.ts";
import { CLUSTER } from "../../lib/core/pins.ts";
import type { KubeObject } from "../../lib/core/ports.ts";
import { makePlan } from "../../lib/plan/changes.ts";
import type { BuildSpec } from "../../lib/plan/types.ts";
import { fakeStore } from "../fakes/context_store.ts";
import { FakeKube, OURS } from "../fakes/kube.ts";
import { SETTLED } from "../fakes/observed.ts";
import { fakeOperation } from "../fakes/operation.ts";
import { builder, deployed, facts, image, pool } from "../images/specs.ts";
import { smallest } from "../infra/config.ts";

const namespace = CLUSTER.buildNamespace, DIGEST = `sha256:${"a".repeat(64)}`;

/** Jobs that end a moment after they were created; knows how many ran at once. */
class Cluster extends FakeKube {
  running = 0;
  most = 0;
  jobs = 0;
  created: () => void = () => {};

  override async create<T extends KubeObject>(object: T): Promise<T> {
    const created = await super.create(object);
    if (object.kind !== "Job") return created;
    this.jobs++;
    this.most = Math.max(this.most, ++this.running);
    this.created();
    setTimeout(() => {
      this.running--;
      const { name } = object.metadata, labels = { "batch.kubernetes.io/job-name": name };
      const terminated = { exitCode: 0, message: JSON.stringify({ digest: DIGEST }) };
      this.log(`pod-${name}`, "buildkit", namespace).end();
      const status = { phase: "Succeeded", containerStatuses: [{ name: "buildkit", state: { terminated } }] };
      this.put({ apiVersion: "v1", kind: "Pod", metadata: { name: `pod-${name}`, namespace, labels }, status });
      this.put({ ...created, status: { conditions: [{ type: "Complete", status: "True" }] } });
    }, 5);
    return created;
  }
}

/** Four images that none of the registry's are, and room for two Jobs. */
function fourBuilds(controller = new AbortController(), needs: Readonly<Record<string, string>> = {}) {
  const builds = ["a", "b", "c", "d"].map((name): BuildSpec => ({
    image: image(name, { repository: `acme/${name}`, tags: [], needs: needs[name] ? { need: needs[name] } : {} }),
    key: name.repeat(64),
    parts: {},
    context: facts,
    needs: needs[name] ? [{ alias: "need", image: needs[name], key: needs[name].repeat(64) }] : [],
  }));
  const config = smallest({
    images: builds.map((build) => build.image),
    pools: [pool],
    builder: { ...builder, concurrency: 2 },
  });
  const kube = new Cluster();
  kube.put({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace, labels: OURS } });
  const plan = makePlan({ config, builds, observed: SETTLED, only: ["images"] });
  const operation = fakeOperation(config, {
    permissions: { simulate: () => Promise.resolve([]) },
    registry: {
      find: () => Promise.resolve(null),
      manifest: (repository, reference) => {
        if (reference !== DIGEST) return Promise.resolve(null);
        const annotations = { [CLUSTER.imageKeyAnnotation]: repository.at(-1)!.repeat(64) };
        return Promise.resolve({ digest: DIGEST, mediaType: "", body: JSON.stringify({ annotations }) });
      },
    },
    contexts: () => fakeStore(),
  }, {
    contexts: { upload: () => Promise.resolve({ listKey: "l", listDigest: "d", bytes: 1, uploadedBytes: 1 }) },
    objects: {
      build: (
        { name },
      ) => [{ apiVersion: "batch/v1", kind: "Job", metadata: { name, namespace }, spec: { template: {} } }],
    },
    session: {
      asked: new Set(),
      identity: () => Promise.resolve({ account: "1", partition: "aws", principalArn: "arn:aws:iam::1:role/me" }),
      cluster: () => Promise.resolve(null),
      deployed: () => Promise.resolve(deployed),
      requireDeployed: () => Promise.resolve(deployed),
      kube: () => Promise.resolve(kube),
    },
    signal: controller.signal,
  });
  return { kube, operation, run: (options: RunOptions = {}) => applyPlan(operation, plan, options) };
}

Deno.test("builder.concurrency limits the Jobs of all images together, and nothing else", async () => {
  const { kube, operation, run } = fourBuilds();
  const { results } = await run(), { events } = operation;
  assert.deepEqual(results.map(({ id, state }) => `${id} ${state}`), [
    "permissions done",
    ...["a", "b", "c", "d"].map((name) => `build:${name} done`),
  ]);
  assert.equal(kube.most, 2);
  const ended = events.findIndex((event) => event.type === "end" && event.id.startsWith("build:"));
  const started = events.slice(0, ended).filter(({ type }) => type === "start");
  assert.equal(started.length, 5, "each build is under way before the first has ended");
  const waiting = events.flatMap((event) =>
    event.type === "progress" && /^waiting until/.test(event.message) ? event.id : []
  );
  assert.deepEqual(waiting, ["build:c", "build:d"], "those without room say what they wait for");
});

Deno.test("after an interrupt no Job is created for a build that was waiting for room", async () => {
  const controller = new AbortController(), { kube, run } = fourBuilds(controller);
  kube.created = () => controller.abort();
  const { results, images } = await run();
  assert.deepEqual(results.slice(1).map(({ state }) => state), Array(4).fill("cancelled"));
  assert.ok(kube.jobs <= 2, `${kube.jobs} Jobs`);
  const named = Object.values(images).flatMap(({ job }) => job ?? []);
  assert.ok(named.length >= kube.jobs && named.length <= 2, "the report names the Jobs that go on, and no other");
});

Deno.test("without waiting, Jobs are started and named as far as there is room; what needs their images says what it waits for", async () => {
  const { kube, run } = fourBuilds(undefined, { d: "a" }), { results, images } = await run({ wait: false });
  assert.equal(kube.jobs, 2, "builder.concurrency is the limit of what runs at once");
  assert.ok(!kube.calls.some((call) => call.startsWith("watch")), "nothing is followed");
  assert.deepEqual(results.slice(1).map(({ id, state }) => `${id} ${state}`), [
    "build:a done",
    "build:b done",
    "build:c skipped",
    "build:d skipped",
  ]);
  const told = Object.entries(images).map(([name, { state, job, because }]) => [name, state, job, because]);
  const runs = "its Job runs: the same command without --no-wait follows it, and puts the tags";
  assert.deepEqual(told, [
    ["a", "skipped", `a-amd64-${"a".repeat(12)}`, runs],
    ["b", "skipped", `b-amd64-${"b".repeat(12)}`, runs],
    ["c", "skipped", null, "linux/amd64 waits until fewer than 2 builds run (builder.concurrency)"],
    ["d", "skipped", null, "build:a has not ended yet"],
  ]);
});

Deno.test("a run that is interrupted deletes the Jobs that it created, where that is asked for", async () => {
  const controller = new AbortController(), { kube, run } = fourBuilds(controller);
  kube.created = () => controller.abort();
  const { images } = await run({ cancelOnInterrupt: true });
  const removed = kube.calls.filter((call) => call.startsWith("remove Job/"));
  assert.equal(removed.length, kube.jobs);
  assert.deepEqual(Object.values(images).map(({ state }) => state), Array(4).fill("cancelled"));
});
