/** The log of a build: which Job's, and what is hidden. */
import assert from "node:assert/strict";
import { followLogs } from "../../lib/actions/logs.ts";
import { hasCode } from "../../lib/core/errors.ts";
import { KINDS, type Kube } from "../../lib/core/kube.ts";
import { FakeKube } from "../fakes/kube.ts";
import { fakeOperation } from "../fakes/operation.ts";
import { jobSpec } from "../images/specs.ts";
import { smallest } from "../infra/config.ts";

const namespace = "unitune-build";

function clusterWith(...jobs: readonly (readonly [name: string, key: string, created: string, running: boolean])[]) {
  const kube = new FakeKube();
  kube.put({ ...KINDS.namespace, metadata: { name: namespace } });
  for (const [name, key, creationTimestamp, running] of jobs) {
    const labels = { "unitune.dev/image": "trainer" }, annotations = { "unitune.dev/key": key };
    const conditions = running ? [] : [{ type: "Complete", status: "True" }];
    kube.put({
      ...KINDS.job,
      metadata: { name, namespace, labels, annotations, creationTimestamp },
      status: { conditions },
    });
    const pod: Kube<"Pod"> = {
      ...KINDS.pod,
      metadata: { name: `${name}-1`, namespace, labels: { "batch.kubernetes.io/job-name": name } },
      status: {
        phase: "Succeeded",
        containerStatuses: [{
          ...{ name: "buildkit", image: "", imageID: "", ready: true, restartCount: 0 },
          state: { terminated: { exitCode: 0 } },
        }],
      },
    };
    kube.put(pod);
    const log = kube.log(`${name}-1`, "buildkit", namespace);
    log.push(`${name} says hunter2`);
    log.end();
  }
  return kube;
}

function reading(kube: FakeKube, secrets: Readonly<Record<string, { readonly env: string }>> = {}, value?: string) {
  const { image } = jobSpec().build;
  const config = smallest({ images: [{ ...image, secrets: secrets as unknown as typeof image.secrets }] });
  const session = { kube: () => Promise.resolve(kube) };
  const read = () => {
    return value === undefined
      ? Promise.reject(new Error("not set"))
      : Promise.resolve([{ id: "hf", value: new TextEncoder().encode(value) }]);
  };
  const operation = fakeOperation(config, {}, { session, secrets: { read } }), lines: string[] = [];
  return { operation, lines, run: (name = "trainer") => followLogs(operation, name, (line) => lines.push(line)) };
}

Deno.test("the log is that of the newest build, on every platform; a running one comes first", async () => {
  const kube = clusterWith(["old", "k1", "2026-11-01T00:00:00Z", false], ["amd", "k2", "2026-11-02T00:00:00Z", false], [
    "arm",
    "k2",
    "2026-11-02T00:00:01Z",
    false,
  ]);
  const { run, lines } = reading(kube), report = await run();
  assert.deepEqual(lines.toSorted(), ["amd says hunter2", "arm says hunter2"]);
  assert.deepEqual(report, {
    image: "trainer",
    jobs: [{ job: "amd", state: "complete" }, { job: "arm", state: "complete" }],
  });
});

Deno.test("values of secrets are hidden; where they cannot be read, a warning says that they are not", async () => {
  const kube = clusterWith(["one", "k1", "2026-11-01T00:00:00Z", false]), secrets = { hf: { env: "HF" } };
  const hidden = reading(kube, secrets, "hunter2");
  await hidden.run();
  assert.doesNotMatch(hidden.lines.join(), /hunter2/);
  const open = reading(clusterWith(["one", "k1", "2026-11-01T00:00:00Z", false]), secrets);
  await open.run();
  assert.match(open.lines.join(), /hunter2/);
  assert.deepEqual(open.operation.events.filter(({ type }) => type === "warning").length, 1);
});

Deno.test("an image that no Job builds has no log, and one that the config does not declare neither", async () => {
  await assert.rejects(reading(clusterWith()).run(), (error) => hasCode(error, "JOB_NOT_FOUND"));
  await assert.rejects(reading(clusterWith()).run("nope"), (error) => hasCode(error, "IMAGE_UNKNOWN"));
});
