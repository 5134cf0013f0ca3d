/** Builds with secrets: what is made in which order, what a cut run leaves, and what reaches the story. */
import assert from "node:assert/strict";
import type { UnituneEvent } from "../../../lib/core/events.ts";
import { isUnituneError, UnituneError } from "../../../lib/core/errors.ts";
import { CLUSTER } from "../../../lib/core/pins.ts";
import type { Operation } from "../../../lib/actions/operation.ts";
import { KINDS, type Kube } from "../../../lib/core/kube.ts";
import type { ClusterInfo } from "../../../lib/core/ports.ts";
import type { BuildRun } from "../../../lib/actions/images/build_run.ts";
import { buildImage } from "../../../lib/actions/images/image.ts";
import { requireSecrets } from "../../../lib/actions/images/secrets.ts";
import type { BuildSpec, Config, Plan } from "../../../lib/plan/types.ts";
import { builder, deployed, facts, image, pool } from "../../images/specs.ts";
import { smallest } from "../../infra/config.ts";
import { fakeStore } from "../../fakes/context_store.ts";
import { FakeKube, OURS } from "../../fakes/kube.ts";
import { fakeOperation } from "../../fakes/operation.ts";

const NAME = "trainer-amd64-0123456789ab", namespace = CLUSTER.buildNamespace;
const VALUE = "hf_never.shown", DIGEST = `sha256:${"a".repeat(64)}`;
const build: BuildSpec = {
  image: image("trainer", { secrets: { hf: { env: "HF_TOKEN" } } }),
  key: "0123456789ab".padEnd(64, "e"),
  parts: {},
  context: facts,
  needs: [],
};
const JOB = { ...KINDS.job, name: NAME, namespace };
const ANNOTATIONS = { [CLUSTER.imageKeyAnnotation]: build.key };
const SECRET = { ...KINDS.secret, name: NAME, namespace };

interface Bench {
  readonly kube: FakeKube;
  readonly events: readonly UnituneEvent[];
  /** What was asked of the project, in order with the calls of the API. */
  readonly asked: string[];
  run(): ReturnType<typeof buildImage>;
}

function bench(secrets: () => Promise<string>, kube = new FakeKube()): Bench {
  kube.put({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
  const asked: string[] = [];
  const config = { images: [build.image], pools: [pool], builder } as Partial<Config> as Config;
  const operation = fakeOperation(config, {
    registry: {
      find: () => Promise.resolve(null),
      manifest: (_, reference) =>
        Promise.resolve(
          reference === DIGEST
            ? { digest: DIGEST, mediaType: "", body: JSON.stringify({ annotations: ANNOTATIONS }) }
            : null,
        ),
    },
    contexts: () => fakeStore(),
  }, {
    contexts: {
      upload: () => {
        asked.push("upload");
        return Promise.resolve({ listKey: "l", listDigest: "d", bytes: 1, uploadedBytes: 1 });
      },
    },
    secrets: {
      read: async () => {
        asked.push("secrets");
        return [{ id: "hf", value: new TextEncoder().encode(await secrets()) }];
      },
    },
    objects: { build: () => [suspended()] },
    session: { kube: () => Promise.resolve(kube) },
  });
  const run: BuildRun = {
    operation,
    deployed,
    store: fakeStore(),
    limit: { isReached: () => false, run: (work) => work() },
  };
  return { kube, events: operation.events, asked, run: () => buildImage(build, run, new Map(), false) };
}

function suspended(): Kube<"Job"> {
  const annotations = { [CLUSTER.keyAnnotation]: build.key };
  return {
    ...KINDS.job,
    metadata: { name: NAME, namespace, labels: OURS, annotations },
    spec: { suspend: true, template: {} },
  };
}

/** Plays the Job once it is resumed: a pod that says something and ends. */
async function play(kube: FakeKube, said: string, exitCode = 0): Promise<void> {
  const followed = () => kube.calls.includes("watch Job");
  while (!followed() || (await kube.get(JOB))?.spec?.suspend !== false) {
    await new Promise((resolve) => setTimeout(resolve));
  }
  const message = exitCode === 0
    ? JSON.stringify({ digest: DIGEST })
    : ` > [2/2] RUN x:\n0.1 ${said}\n------\nerror: ${said}`;
  const log = kube.log("pod", "buildkit", namespace);
  log.push(said);
  log.end();
  kube.put({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "pod", namespace, labels: { "batch.kubernetes.io/job-name": NAME } },
    status: { containerStatuses: [{ name: "buildkit", state: { terminated: { exitCode, message } } }] },
  });
  const job = (await kube.get(JOB))!;
  kube.put({ ...job, status: { conditions: [{ type: exitCode === 0 ? "Complete" : "Failed", status: "True" }] } });
}

const writes = (kube: FakeKube) => kube.calls.filter((call) => /^(create|apply|remove) (Job|Secret)/.test(call));

Deno.test("a Job is made suspended, then its Secret owned by it, then resumed; at its end the Secret goes", async () => {
  const { kube, events, asked, run } = bench(() => Promise.resolve(VALUE));
  const secret = Promise.withResolvers<Kube<"Secret"> | null>();
  const playing = play(kube, `token ${VALUE}`).then();
  const apply = kube.apply.bind(kube);
  kube.apply = async (object, options) => {
    secret.resolve(await kube.get(SECRET));
    return await apply(object, options);
  };
  const result = await run();
  await playing;
  assert.equal(result.state, "built");
  assert.deepEqual(asked, ["secrets", "upload"]);
  assert.deepEqual(writes(kube), [
    `create Job/${NAME}`,
    `create Secret/${NAME}`,
    `apply Job/${NAME}`,
    `remove Secret/${NAME}`,
  ]);
  const made = (await secret.promise)!, job = (await kube.get(JOB))!;
  assert.equal(made.immutable, true);
  assert.deepEqual(made.data, { hf: btoa(VALUE) });
  const { uid } = job.metadata;
  const owner = { apiVersion: "batch/v1", kind: "Job", name: NAME, uid, controller: false, blockOwnerDeletion: true };
  assert.deepEqual(made.metadata.ownerReferences, [owner]);
  assert.ok(!JSON.stringify([job, events, result]).includes(VALUE));
  assert.ok(events.some((event) => event.type === "log" && event.line === "token ***" && event.source.pod === "pod"));
});

Deno.test("what a failing step printed of a secret is in no error", async () => {
  const { kube, run } = bench(() => Promise.resolve(VALUE));
  const playing = play(kube, `cannot use ${VALUE}`, 42);
  const error = await run().catch((error) => error);
  await playing;
  assert.ok(isUnituneError(error));
  assert.deepEqual(error.lines, ["cannot use ***"]);
  assert.ok(!JSON.stringify([error, error.message]).includes(VALUE));
  assert.equal(await kube.get(SECRET), null);
});

Deno.test("without its values nothing is made and nothing is sent", async () => {
  const { kube, asked, run } = bench(() => Promise.reject(new UnituneError("SECRET_MISSING", "no")));
  const error = await run().catch((error) => error);
  assert.equal(error.code, "SECRET_MISSING");
  assert.deepEqual(asked, ["secrets"]);
  assert.deepEqual(writes(kube), []);
});

Deno.test("a Job that a cut run left suspended is completed by the next, with or without its Secret there", async () => {
  for (const left of ["nothing", "the Secret", "another's Secret"]) {
    const { kube, asked, run } = bench(() => Promise.resolve(VALUE));
    const { metadata: { uid } } = kube.put(suspended());
    if (left !== "nothing") {
      const of = left === "the Secret" ? uid! : "of a Job before";
      const ownerReferences = [{ apiVersion: "batch/v1", kind: "Job", name: NAME, uid: of }];
      kube.put({
        apiVersion: "v1",
        kind: "Secret",
        metadata: { name: NAME, namespace, labels: OURS, ownerReferences },
      });
    }
    const playing = play(kube, "fine");
    const { because } = await run();
    await playing;
    assert.equal(because, "adopted a running Job");
    assert.deepEqual(asked, left === "the Secret" ? [] : ["secrets"], left);
    assert.deepEqual(writes(kube), [
      ...left === "another's Secret" ? [`remove Secret/${NAME}`] : [],
      ...left === "the Secret" ? [] : [`create Secret/${NAME}`],
      `apply Job/${NAME}`,
      `remove Secret/${NAME}`,
    ], left);
  }
});

Deno.test("a Job that runs is adopted without a value", async () => {
  const { kube, asked, run } = bench(() => assert.fail("a value was asked for"));
  kube.put({ ...suspended(), spec: { suspend: false } });
  const playing = play(kube, "fine");
  await run();
  await playing;
  assert.deepEqual(asked, []);
  assert.deepEqual(writes(kube), [`remove Secret/${NAME}`]);
});

Deno.test("two runs that make the same Job at once end with one Secret and one Job", async () => {
  const kube = new FakeKube();
  const one = bench(() => Promise.resolve(VALUE), kube), other = bench(() => Promise.resolve(VALUE), kube);
  const playing = play(kube, "fine");
  const results = await Promise.all([one.run(), other.run()]);
  await playing;
  assert.deepEqual(results.map(({ digest }) => digest), [DIGEST, DIGEST]);
});

const VALUES = [{ id: "hf", value: new TextEncoder().encode(VALUE) }];

function reading(read: Operation["secrets"]["read"], kube: FakeKube | null) {
  return fakeOperation(smallest(), {}, {
    secrets: { read },
    session: { cluster: () => Promise.resolve(kube && {} as ClusterInfo), kube: () => Promise.resolve(kube!) },
  });
}

const lacking = (error: UnituneError, kube: FakeKube | null) => reading(() => Promise.reject(error), kube);

Deno.test("before the first step: missing values stop a run, but not of an image that is there or already building", async () => {
  const missing = new UnituneError("SECRET_MISSING", "no", {
    path: "images.trainer.secrets",
    lines: ["secret"],
  });
  const planned = (action: "build" | "reuse", builds = [build]) => {
    const changes = builds.map(({ image }) => ({ kind: "build", action, image: image.name }));
    return { builds, changes } as unknown as Plan;
  };
  const running = new FakeKube(), left = new FakeKube();
  running.put({ ...suspended(), spec: {} });
  left.put(suspended());
  await requireSecrets(planned("reuse"), lacking(missing, null));
  await requireSecrets(planned("build"), lacking(missing, running));
  for (const kube of [null, new FakeKube(), left]) {
    await assert.rejects(requireSecrets(planned("build"), lacking(missing, kube)), missing);
  }
  const had = reading(() => Promise.resolve(VALUES), null);
  await requireSecrets(planned("build"), had);
  assert.equal(had.mask(VALUE), "***", "what was read is hidden from then on");
  const other = { ...build, image: { ...build.image, name: "other" } };
  const both = await requireSecrets(planned("build", [build, other]), lacking(missing, null)).catch((error) => error);
  assert.deepEqual([both.exit, both.lines.length], [2, 2]);
  const login = new UnituneError("SECRET_MISSING", "no", { path: "builder.registries", lines: ["login to ghcr.io"] });
  const shared = await requireSecrets(planned("build", [build, other]), lacking(login, null)).catch((error) => error);
  assert.deepEqual(shared.lines, ["builder.registries: login to ghcr.io"], "once, as the images share it");
});
