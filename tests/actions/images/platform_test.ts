/** An image of several platforms: one Job each, an index that any later run completes from the registry alone. */
import assert from "node:assert/strict";
import type { UnituneEvent } from "../../../lib/core/events.ts";
import { isUnituneError } from "../../../lib/core/errors.ts";
import { CLUSTER } from "../../../lib/core/pins.ts";
import { KINDS, type KubeObject } from "../../../lib/core/kube.ts";
import type { BuildRun } from "../../../lib/actions/images/build_run.ts";
import { buildImage } from "../../../lib/actions/images/image.ts";
import type { BuildSpec, Config, Fresh, JobSpec } from "../../../lib/plan/types.ts";
import { builder, deployed, facts, image, pool } from "../../images/specs.ts";
import { fakeStore } from "../../fakes/context_store.ts";
import { FakeKube, OURS } from "../../fakes/kube.ts";
import { fakeOperation } from "../../fakes/operation.ts";
import { type FakeRegistry, fakeRegistry } from "../../fakes/registry.ts";
import { waitingPod } from "../../jobs/karpenter.ts";

const namespace = CLUSTER.buildNamespace, REPOSITORY = "acme/trainer", SHORT = "0123456789ab";
const KEY = SHORT.padEnd(64, "e"), OCI = "application/vnd.oci.image.manifest.v1+json";
const build: BuildSpec = {
  image: image("trainer", { platforms: ["linux/amd64", "linux/arm64"], tags: [{ name: "v1", moves: false }] }),
  key: KEY,
  parts: {},
  context: facts,
  needs: [],
};

interface Bench {
  readonly kube: FakeKube;
  readonly registry: FakeRegistry;
  readonly events: readonly UnituneEvent[];
  readonly made: JobSpec[];
  uploads: number;
  run(force?: boolean, fresh?: Fresh): ReturnType<typeof buildImage>;
}

/**
 * Each Job that is made ends at once: its image pushed, or with the platform's failure and its last words. `homeless`:
 * its pod waits for a node.
 */
function bench(
  failing: readonly string[] = [],
  registry = fakeRegistry(),
  said = "error: nothing",
  homeless: readonly string[] = [],
): Bench {
  const kube = new FakeKube();
  kube.put({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
  const made: JobSpec[] = [];
  const config = { images: [build.image], pools: [pool], builder } as Partial<Config> as Config;
  const operation = fakeOperation(config, { registry }, {
    contexts: {
      upload: () => {
        self.uploads++;
        return Promise.resolve({ listKey: "l", listDigest: "d", bytes: 1, uploadedBytes: 1 });
      },
    },
    objects: {
      build: (spec) => {
        made.push(spec);
        setTimeout(() => {
          if (homeless.includes(spec.platform)) kube.put(waitingPod(`pod-${spec.name}`, spec.name));
          else end(kube, registry, spec, failing.includes(spec.platform) ? said : null);
        });
        return [{ ...KINDS.job, metadata: { name: spec.name, namespace, labels: OURS }, spec: { template: {} } }];
      },
    },
    session: { kube: () => Promise.resolve(kube) },
  });
  const run: BuildRun = {
    operation,
    deployed,
    store: fakeStore(),
    limit: { isReached: () => false, run: (work) => work() },
  };
  const self: Bench = {
    kube,
    registry,
    events: operation.events,
    made,
    uploads: 0,
    run: (force = false, fresh = {}) => buildImage(build, run, new Map(), force, fresh),
  };
  return self;
}

function manifest(platform: string, key = KEY) {
  return { mediaType: OCI, body: JSON.stringify({ platform, annotations: { [CLUSTER.imageKeyAnnotation]: key } }) };
}

function end(kube: FakeKube, registry: FakeRegistry, spec: JobSpec, failure: string | null): void {
  const fails = failure !== null;
  const message = failure ?? JSON.stringify({ digest: registry.push(REPOSITORY, spec.tag, manifest(spec.platform)) });
  const status = {
    containerStatuses: [{ name: "buildkit", state: { terminated: { exitCode: fails ? 42 : 0, message } } }],
  };
  kube.log(`pod-${spec.name}`, "buildkit", namespace).end();
  const labels = { "batch.kubernetes.io/job-name": spec.name };
  kube.put({ apiVersion: "v1", kind: "Pod", metadata: { name: `pod-${spec.name}`, namespace, labels }, status });
  const job: KubeObject = {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name: spec.name, namespace, labels: OURS },
  };
  kube.put({ ...job, spec: {}, status: { conditions: [{ type: fails ? "Failed" : "Complete", status: "True" }] } });
}

Deno.test("each platform has a Job and a tag of its own, from one context; the index has the image's tag and the user's", async () => {
  const on = bench(), { registry } = on;
  const result = await on.run();
  assert.equal(on.uploads, 1);
  assert.deepEqual(on.made.map(({ name, platform, tag }) => [name, platform, tag]), [
    [`trainer-amd64-${SHORT}`, "linux/amd64", `src-${SHORT}-amd64`],
    [`trainer-arm64-${SHORT}`, "linux/arm64", `src-${SHORT}-arm64`],
  ]);
  assert.deepEqual(registry.puts, [`${REPOSITORY}:src-${SHORT}`, `${REPOSITORY}:v1`]);
  assert.equal(registry.tags.get(`${REPOSITORY}:v1`), result.digest);
  assert.equal(result.job, `trainer-amd64-${SHORT}, trainer-arm64-${SHORT}`);
  const index = JSON.parse((await registry.manifest(REPOSITORY, result.digest!))!.body);
  assert.equal(index.annotations[CLUSTER.imageKeyAnnotation], KEY);
  assert.deepEqual(
    index.manifests,
    ["amd64", "arm64"].map((architecture) => ({
      mediaType: OCI,
      digest: registry.tags.get(`${REPOSITORY}:src-${SHORT}-${architecture}`),
      size: manifest(`linux/${architecture}`).body.length,
      platform: { architecture, os: "linux" },
    })),
  );
  const told = on.events.filter(({ type }) => type === "start" || type === "end").map((event) => {
    return `${event.type} ${"id" in event && event.id}`;
  });
  assert.deepEqual(told.toSorted(), [
    "end build:trainer:amd64",
    "end build:trainer:arm64",
    "start build:trainer:amd64",
    "start build:trainer:arm64",
  ]);
});

Deno.test("the repository's cache is read if it is there: each platform its own", async () => {
  const registry = fakeRegistry(), on = bench([], registry);
  registry.push(REPOSITORY, "buildcache-arm64", manifest("linux/arm64"));
  await on.run();
  assert.deepEqual(on.made.map(({ importsCache }) => importsCache), [false, true]);
});

Deno.test("what a run left unfinished the next completes: a missing platform alone, the index, the tags", async () => {
  const whole = bench(), { digest } = await whole.run();
  const before: Record<string, { have: string[]; made: string[]; puts: string[]; state: string }> = {
    "one platform": { have: ["amd64"], made: ["linux/arm64"], puts: ["src", "v1"], state: "built" },
    "both platforms": { have: ["amd64", "arm64"], made: [], puts: ["src", "v1"], state: "reused" },
    "the index": { have: ["amd64", "arm64", "index"], made: [], puts: ["v1"], state: "reused" },
  };
  for (const [what, { have, made, puts, state }] of Object.entries(before)) {
    const registry = fakeRegistry();
    for (const arch of have.filter((one) => one !== "index")) {
      registry.push(REPOSITORY, `src-${SHORT}-${arch}`, manifest(`linux/${arch}`));
    }
    if (have.includes("index")) {
      const index = (await whole.registry.manifest(REPOSITORY, digest!))!;
      registry.push(REPOSITORY, `src-${SHORT}`, index);
    }
    const on = bench([], registry), result = await on.run();
    assert.deepEqual(on.made.map(({ platform }) => platform), made, what);
    assert.deepEqual([result.state, result.digest], [state, digest], what);
    const tag = { src: `src-${SHORT}`, v1: "v1" } as Record<string, string>;
    assert.deepEqual(registry.puts, puts.map((put) => `${REPOSITORY}:${tag[put]}`), what);
  }
});

Deno.test("a platform under this tag that has another key is built anew", async () => {
  const registry = fakeRegistry();
  registry.push(REPOSITORY, `src-${SHORT}-amd64`, manifest("linux/amd64", SHORT.padEnd(64, "f")));
  const on = bench([], registry);
  await on.run();
  assert.deepEqual(on.made.map(({ platform }) => platform).toSorted(), ["linux/amd64", "linux/arm64"]);
});

Deno.test("a platform that fails lets the other end, and no index is put", async () => {
  const on = bench(["linux/amd64"]), error = await on.run().catch((error) => error);
  assert.ok(isUnituneError(error) && error.code === "BUILD_FAILED");
  assert.match(error.message, /trainer-amd64/);
  assert.ok(on.registry.tags.has(`${REPOSITORY}:src-${SHORT}-arm64`));
  assert.deepEqual(on.registry.puts, []);
});

Deno.test("a base image with a file of an owner that the builder does not have fails with the way out", async () => {
  const said =
    'error: failed to solve: mount callback failed on /tmp/m: failed to Lchown "/tmp/m/data" for UID 70000, ' +
    "GID 70000: lchown /tmp/m/data: invalid argument (Hint: try increasing the number of subordinate IDs)";
  const on = bench(["linux/amd64"], fakeRegistry(), said), error = await on.run().catch((error) => error);
  assert.ok(isUnituneError(error) && error.code === "BUILD_FAILED");
  assert.match(error.message, /: a file or user has id 70000, but a build has only the ids 0 to 65535$/);
  assert.match(error.hint!, /^Set builder: { isolation: "privileged" }, or use ids up to 65535/);
  assert.ok(error.lines!.some((line) => line.includes("failed to Lchown")), "BuildKit's own words stay");
});

Deno.test("forced, both are built though the registry has them", async () => {
  const on = bench();
  await on.run();
  on.made.length = 0;
  assert.equal((await on.run(true)).state, "built");
  assert.equal(on.made.length, 2);
});

Deno.test("with a fixed tag on another image, the image is built, has its other tags, and says what failed", async () => {
  const on = bench();
  on.registry.push(REPOSITORY, "v1", { mediaType: OCI, body: "{}" });
  const { state, digest, ref, because, untagged } = await on.run();
  assert.equal(state, "failed");
  assert.equal(ref, `123456789012.dkr.ecr.us-west-2.amazonaws.com/${REPOSITORY}@${digest}`);
  assert.ok(isUnituneError(untagged) && untagged.code === "TAG_FIXED");
  assert.equal(because, untagged.message);
});

Deno.test("a Job that gets no node is removed when it is given up, and the same command starts over", async () => {
  const homeless = ["linux/arm64"], on = bench([], fakeRegistry(), "", homeless);
  const error = await on.run().catch((error) => error);
  assert.ok(isUnituneError(error) && error.code === "NODE_TIMEOUT", String(error));
  assert.match(error.message, new RegExp(`Job trainer-arm64-${SHORT} as pool "builder" provided no node`));
  const jobs = await on.kube.list({ apiVersion: "batch/v1", kind: "Job" });
  assert.deepEqual(jobs.map(({ metadata }) => metadata.name), [`trainer-amd64-${SHORT}`]);
  homeless.length = 0;
  assert.equal((await on.run()).state, "built");
  assert.deepEqual(on.made.map(({ platform }) => platform), ["linux/amd64", "linux/arm64", "linux/arm64"]);
});

/** The same first 12 digits as this build's key, and others after them. */
const OTHER_KEY = SHORT.padEnd(64, "f");

Deno.test("a running Job of another key, whose first digits are the same, is neither adopted nor in the way", async () => {
  const on = bench(), name = `trainer-amd64-${SHORT}`;
  const metadata = { name, namespace, labels: OURS, annotations: { [CLUSTER.keyAnnotation]: OTHER_KEY } };
  on.kube.put({ apiVersion: "batch/v1", kind: "Job", metadata, spec: {} });
  assert.equal((await on.run()).state, "built");
  assert.deepEqual(on.made.map((job) => job.name).toSorted(), [
    `trainer-amd64-${KEY.slice(0, 24)}`,
    `trainer-arm64-${SHORT}`,
  ]);
  const other = await on.kube.get({ apiVersion: "batch/v1", kind: "Job", name, namespace });
  assert.deepEqual([other?.metadata.annotations, other?.["status"]], [metadata.annotations, undefined]);
});

Deno.test("a running Job that uses the cache is not adopted without it; one that uses none is adopted in any case", async () => {
  const running = (on: Bench, name: string, fresh: Record<string, string>) => {
    const annotations = { [CLUSTER.keyAnnotation]: KEY, ...fresh },
      metadata = { name, namespace, labels: OURS, annotations };
    on.kube.put({ apiVersion: "batch/v1", kind: "Job", metadata, spec: {} });
    return () =>
      end(on.kube, on.registry, { name, tag: `src-${SHORT}-amd64`, platform: "linux/amd64" } as JobSpec, null);
  };
  const cached = bench(), first = `trainer-amd64-${SHORT}`, second = `trainer-amd64-${KEY.slice(0, 24)}`;
  running(cached, first, {});
  assert.equal((await cached.run(true, { noCache: true })).because, "its key is new");
  assert.deepEqual(cached.made.map(({ name, fresh }) => [name, fresh.noCache]).toSorted(), [
    [second, true],
    [`trainer-arm64-${SHORT}`, true],
  ]);

  for (const [name, fresh] of [[first, {}], [second, { [CLUSTER.freshAnnotation]: "no-cache" }]] as const) {
    for (const wanted of [{}, { noCache: true }]) {
      if (name === first && wanted.noCache) continue;
      const on = bench(), finish = running(on, name, fresh);
      setTimeout(finish, 20);
      assert.equal((await on.run(true, wanted)).because, "adopted a running Job");
      assert.deepEqual(on.made.map(({ platform }) => platform), ["linux/arm64"]);
    }
  }
});

Deno.test("an image that a Job pushed with another key gets no tag", async () => {
  const registry = fakeRegistry(), on = bench([], registry), { push } = registry;
  // Whoever may push to the repository may say what a Job's last word is.
  registry.push = (repository, tag) => push(repository, tag, manifest("linux/amd64", OTHER_KEY));
  const error = await on.run().catch((error) => error);
  assert.ok(isUnituneError(error) && error.code === "BUILD_NO_DIGEST", String(error));
  assert.deepEqual(registry.puts, []);
});
