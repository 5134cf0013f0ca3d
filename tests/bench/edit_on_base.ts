/**
 * `deno run -A tests/bench/edit_on_base.ts`, while the lab is up: one line edited in the last COPY of an image on a base
 * of 1 GB. Held against `buildctl` with a local BuildKit that stays warm: beyond starting the Job, a build takes at most
 * 1.5 times as long. For comparison it also measures builds whose state ends with their pod (`builder.cache: false`).
 */
import assert from "node:assert/strict";
import { goBuildDir, goBuilds } from "../lab/install/gobuild.ts";
import { kubectl } from "../lab/lab.ts";
import { store } from "../lab/layout.ts";
import { run, waitFor } from "../lab/shell.ts";
import { namespace, startBuilds } from "../lab/builds.ts";

const EDITS = 3, LIMIT = 1.5, FILES = 200, FILE = 5_000_000;
const registry = store.replace("http://", "");
const base = await Deno.makeTempDir({ prefix: "unitune-edit-" });
const DOCKERFILE = "FROM docker.io/library/gigabyte:1\nRUN echo done > /step\nCOPY app /app\n";

interface Warm extends AsyncDisposable {
  /** Builds the folder and pushes it under the name. */
  readonly build: (folder: string, name: string, ...output: string[]) => Promise<void>;
}

/** A BuildKit of the same version on this machine, which resolves Docker Hub's names in the lab's store. */
async function warmBuildkit(): Promise<Warm> {
  const folder = async (name: string) => await goBuildDir(goBuilds.find((build) => build.name === name)!);
  const [buildkit, runc] = [await folder("buildkit"), await folder("buildkit-runc")];
  const address = `unix://${base}/buildkitd.sock`;
  await Deno.writeTextFile(
    `${base}/buildkitd.toml`,
    `[registry."docker.io"]\nmirrors = ["${registry}/docker.io"]\n[registry."${registry}"]\nhttp = true\n`,
  );
  const daemon = new Deno.Command(`${buildkit}/buildkitd`, {
    args: [
      ...[`--root=${base}/state`, `--addr=${address}`, `--config=${base}/buildkitd.toml`],
      ...[`--oci-worker-binary=${runc}/runc`, "--containerd-worker=false"],
    ],
    stdout: "null",
    stderr: "null",
  }).spawn();
  const buildctl = (...args: string[]) => run(`${buildkit}/buildctl`, [`--addr=${address}`, ...args]);
  await waitFor("buildkitd", 60, async () => await buildctl("debug", "workers").then(() => true, () => false));
  return {
    build: async (folder, name, ...output) => {
      const to = ["type=image", `name=${registry}/${name}`, "push=true", "oci-mediatypes=true", ...output].join(",");
      const local = [`--local=context=${folder}`, `--local=dockerfile=${folder}`];
      await buildctl("build", "--frontend=dockerfile.v0", ...local, `--output=${to}`);
    },
    [Symbol.asyncDispose]: async () => {
      daemon.kill("SIGTERM");
      await daemon.status;
    },
  };
}

/** 1 GB that does not compress, on what has a shell. */
async function makeBase({ build }: Warm): Promise<void> {
  const folder = `${base}/gigabyte`, bytes = new Uint8Array(FILE);
  await Deno.mkdir(`${folder}/data`, { recursive: true });
  for (let at = 0; at < FILES; at++) {
    for (let from = 0; from < FILE; from += 50_000) crypto.getRandomValues(bytes.subarray(from, from + 50_000));
    await Deno.writeFile(`${folder}/data/${at}`, bytes);
  }
  await Deno.writeTextFile(`${folder}/Dockerfile`, "FROM docker.io/library/busybox:1.35\nCOPY data /data\n");
  await build(folder, "docker.io/library/gigabyte:1", "compression-level=1");
}

const tree = (edit: number) => ({
  Dockerfile: DOCKERFILE,
  "app/main.py": `print(${edit})\n`,
  "app/data.txt": "row\n".repeat(10_000),
});

async function plantLocal(edit: number): Promise<string> {
  for (const [path, text] of Object.entries(tree(edit))) {
    await Deno.mkdir(`${base}/local/app`, { recursive: true });
    await Deno.writeTextFile(`${base}/local/${path}`, text);
  }
  return `${base}/local`;
}

/** Seconds from the start of the Job's BuildKit to its last line. */
async function inJob(job: string): Promise<number> {
  const [pod] = JSON.parse(
    await kubectl(["get", "pods", "-n", namespace, "-l", `batch.kubernetes.io/job-name=${job}`, "-o", "json"]),
  ).items;
  const [{ state: { terminated } }] = pod.status.containerStatuses;
  const log = await kubectl(["logs", "-n", namespace, pod.metadata.name, "-c", "buildkit", "--timestamps"]);
  const ended = Date.parse(log.trim().split("\n").at(-1)!.split(" ")[0]!);
  return (ended - Date.parse(terminated.startedAt)) / 1000;
}

interface Taken {
  /** Seconds of the whole build, and of BuildKit in its Job. */
  readonly whole: number;
  readonly inJob: number;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
}

/** The first build, then edits; `cache`: of the image, `volume`: of the builder. */
async function ours(image: string, cache: string, volume: string): Promise<readonly Taken[]> {
  const taken: Taken[] = [];
  for (let edit = 0; edit <= EDITS; edit++) {
    const files = Object.fromEntries(Object.entries(tree(edit)).map(([path, text]) => [`context/${path}`, text]));
    const body = `images: { ${image}: image({ context: "./context", cache: "${cache}", resources }) },
      builder: { cache: ${volume} }`;
    await using project = await builds.project(body, files);
    let job = "";
    const whole = await timed(async () => {
      job = (await project.build())[image]!.job!;
    });
    taken.push({ whole, inJob: await inJob(job) });
  }
  return taken;
}

function tell(what: string, [first, ...edits]: readonly Taken[]): number {
  const inJobs = median(edits.map(({ inJob }) => inJob)), whole = median(edits.map(({ whole }) => whole));
  console.log(
    `     ${what}: first ${first!.inJob.toFixed(1)} s in the Job; an edit ${inJobs.toFixed(1)} s in the Job, ` +
      `${whole.toFixed(1)} s in all`,
  );
  return inJobs;
}

const builds = await startBuilds({ account: "210000000038", port: 4668, caches: true });
try {
  await using warm = await warmBuildkit();
  await makeBase(warm);
  const theirs: number[] = [];
  for (let edit = 0; edit <= EDITS; edit++) {
    const folder = await plantLocal(edit);
    theirs.push(await timed(() => warm.build(folder, `bench/local:${edit}`)));
  }
  console.log(`     buildctl: first ${theirs[0]!.toFixed(1)} s, an edit ${median(theirs.slice(1)).toFixed(1)} s`);
  tell("state ends with the pod", await ours("emptied", "max", "false"));
  tell("state kept, no buildcache", await ours("alone", "none", '{ size: "10Gi" }'));
  const kept = tell("state kept", await ours("kept", "max", '{ size: "10Gi" }'));
  const ratio = kept / median(theirs.slice(1));
  console.log(
    `${ratio <= LIMIT ? "ok  " : "FAIL"} an edit against buildctl, beyond starting the Job: ${ratio.toFixed(2)}`,
  );
  assert.ok(ratio <= LIMIT, `${ratio} is more than ${LIMIT}`);
} finally {
  await builds.stop();
  await Deno.remove(base, { recursive: true });
}
