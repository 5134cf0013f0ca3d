/**
 * `deno run -A tests/bench/context_ratios.ts [FOLDER]`: what contexts cost, as ratios that each run measures against a
 * yardstick on the same machine, in files below the folder for temporary ones:
 * - packing and compressing against `tar c | gzip -6`: at least 5 times as fast;
 * - the second read of 8,000 unchanged files against the walk of BuildKit's own client: at most twice its time;
 * - one edited line in 200 MB: at most 8 MiB sent;
 * - 12 images of one context of 100,000 files against one: at most 1.2 times its time and memory;
 * - the memory of 100 MB and of a large context: at most 256 MiB.
 */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { ContextReader, storeContext } from "../../lib/adapters/context/mod.ts";
import type { ContextStorePort } from "../../lib/core/ports.ts";
import { run } from "../lab/shell.ts";

const HERE = fileURLToPath(new URL("./", import.meta.url)), MiB = 2 ** 20;
const base = await Deno.makeTempDir({ prefix: "unitune-ratios-", ...(Deno.args[0] && { dir: Deno.args[0] }) });
const LATER = () => Date.now() + 60_000; // as if every file had been written long ago

/** Half noise, half text: compresses about as source and small binaries do. */
function content(size: number, seed: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size), half = size >> 1;
  for (let at = 0; at < half; at += 65_536) {
    crypto.getRandomValues(bytes.subarray(at, Math.min(at + 65_536, half)));
  }
  const line = new TextEncoder().encode(`value_${seed} = compute(${seed})\n`);
  for (let at = half; at < size; at += line.length) bytes.set(line.subarray(0, size - at), at);
  return bytes;
}

function plant(name: string, files: number, size: number): string {
  const root = `${base}/${name}`;
  for (let at = 0; at < files; at++) {
    const folder = `${root}/src/part${at % 100}`;
    if (at < 100) Deno.mkdirSync(folder, { recursive: true });
    Deno.writeFileSync(`${folder}/file${at}.py`, content(size, at));
  }
  for (let at = 0; at < 12; at++) Deno.writeTextFileSync(`${root}/${at}.Dockerfile`, `FROM scratch\nLABEL at=${at}\n`);
  return root;
}

const MEASURE = [
  "import json, resource, subprocess, sys, time",
  "began = time.monotonic()",
  "code = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL).returncode",
  "print(time.monotonic() - began, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024)",
  "sys.exit(code)",
].join("\n");

/** Seconds and MiB of a process that reads and stores a context for so many images. */
async function stored(root: string, images: number): Promise<{ readonly seconds: number; readonly mib: number }> {
  const command = [Deno.execPath(), "run", "-A", "--no-check", `${HERE}store_context.ts`, root, String(images)];
  const [seconds = NaN, mib = NaN] = (await run("python3", ["-c", MEASURE, ...command])).trim().split(" ").map(Number);
  return { seconds, mib };
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}

/** A bucket that keeps the names of its objects. */
function bucket(): ContextStorePort & { sent: number } {
  const held = new Map<string, number>();
  return {
    sent: 0,
    stat: (key) => {
      const bytes = held.get(key);
      return Promise.resolve(bytes === undefined ? null : { storedAt: 0, now: 0, bytes });
    },
    put(key, body) {
      held.set(key, body.length);
      this.sent += body.length;
      return Promise.resolve();
    },
    empty: () => Promise.resolve(0),
  };
}

const { signal } = new AbortController(), failed: string[] = [];

function hold(what: string, value: number, limit: number, unit: string, isRight = value <= limit): void {
  console.log(`${isRight ? "ok  " : "FAIL"} ${what}: ${value.toFixed(2)}${unit} (limit ${limit}${unit})`);
  if (!isRight) failed.push(what);
}

async function packing(): Promise<void> {
  const root = plant("packing", 2000, 100_000), context = { context: root, dockerfile: "0.Dockerfile" };
  const ours: number[] = [], theirs: number[] = [];
  for (let at = 0; at < 3; at++) {
    const read = await new ContextReader().read(context);
    ours.push(await timed(() => storeContext(read, bucket(), { signal })));
    theirs.push(await timed(() => run("sh", ["-c", `tar -C "$1" -cf - . | gzip -6 > /dev/null`, "sh", root])));
  }
  const ratio = median(theirs) / median(ours);
  hold("pack and compress, times as fast as tar | gzip -6", ratio, 5, "", ratio >= 5);
}

async function rereading(): Promise<void> {
  const root = plant("rereading", 8000, 400), cache = `${base}/cache`;
  await run("go", ["build", "-o", `${base}/fsutil_walk`, "."], { cwd: `${HERE}fsutil_walk` });
  const read = () => new ContextReader({ cache, now: LATER }).read({ context: root, dockerfile: "0.Dockerfile" });
  const first = await timed(read), ours: number[] = [], theirs: number[] = [];
  for (let at = 0; at < 7; at++) {
    ours.push(await timed(read));
    theirs.push(Number((await run(`${base}/fsutil_walk`, [root, "1"])).split(" ")[0]) / 1000);
  }
  console.log(`     first read ${first.toFixed(3)} s, second ${median(ours).toFixed(3)} s`);
  hold("second read of 8,000 files against fsutil's walk", median(ours) / median(theirs), 2, "");
}

async function editing(): Promise<void> {
  const root = plant("editing", 400, 500_000), store = bucket();
  const save = async () => {
    const read = await new ContextReader().read({ context: root, dockerfile: "0.Dockerfile" });
    return (await storeContext(read, store, { signal })).uploadedBytes;
  };
  await save();
  Deno.writeTextFileSync(`${root}/src/part7/file107.py`, "one more line\n", { append: true });
  hold("one edited line in 200 MB, MiB sent", await save() / MiB, 8, " MiB");
  Deno.writeFileSync(`${root}/large.bin`, content(200_000_000, 1));
  await save();
  const large = await Deno.open(`${root}/large.bin`, { write: true });
  await large.seek(90_000_000, Deno.SeekMode.Start);
  await large.write(new TextEncoder().encode("edited"));
  large.close();
  hold("an edit in one file of 200 MB, MiB sent", await save() / MiB, 8, " MiB");
}

async function sharing(): Promise<void> {
  const root = plant("sharing", 100_000, 300), one = await stored(root, 1), twelve = await stored(root, 12);
  console.log(`     one ${one.seconds.toFixed(1)} s, ${one.mib.toFixed(0)} MiB; twelve ${twelve.seconds.toFixed(1)} s`);
  hold("12 images of 100,000 files against one, time", twelve.seconds / one.seconds, 1.2, "");
  hold("12 images of 100,000 files against one, memory", twelve.mib / one.mib, 1.2, "");
}

async function memory(): Promise<void> {
  for (const [what, files, size] of [["100 MB", 200, 500_000], ["2 GiB", 16, 128 * MiB]] as const) {
    const root = plant(`memory-${files}`, files, size);
    hold(`memory for a context of ${what}`, (await stored(root, 1)).mib, 256, " MiB");
    Deno.removeSync(root, { recursive: true });
  }
}

try {
  for (const part of [packing, rereading, editing, sharing, memory]) await part();
} finally {
  Deno.removeSync(base, { recursive: true });
}
assert.deepEqual(failed, []);
