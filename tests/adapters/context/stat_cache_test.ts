/** What is remembered of files between runs: when it is used, and when it must not be. */
import assert from "node:assert/strict";
import { ContextReader, storeContext } from "../../../lib/adapters/context/mod.ts";
import { cacheFolder, stampOf, StatCache } from "../../../lib/adapters/context/stat_cache.ts";
import { fakeStore } from "../../fakes/context_store.ts";
import { type Tree, withTree } from "../../images/tree.ts";

const signal = new AbortController().signal;
/** So many files that remembering them is worth it. */
const TREE: Tree = {
  ...Object.fromEntries(Array.from({ length: 300 }, (_, at) => [`src/f${at}.txt`, `content ${at}`])),
  "large.bin": new Uint8Array(13 * 2 ** 20).map((_, at) => (at * 2654435761) >>> 9),
  "Dockerfile": "FROM scratch\n",
};

/** A context, a folder for what is remembered, and times that have settled. */
async function bench(use: (context: string, folder: string) => Promise<void>): Promise<void> {
  await withTree(TREE, (context) => withTree({}, (folder) => use(context, folder)));
}

async function digests(context: string, folder: string): Promise<Record<string, string>> {
  const { entries } = await new ContextReader({ cache: folder, now: LATER }).read({
    context,
    dockerfile: "Dockerfile",
  });
  return Object.fromEntries(entries.map(({ path, digest }) => [path, digest ?? ""]));
}

const LATER = () => Date.now() + 60_000;

function rememberedFile(folder: string): string {
  const [name, ...more] = Array.from(Deno.readDirSync(folder), ({ name }) => name);
  assert.deepEqual(more, []);
  return `${folder}/${name}`;
}

/** Makes the digest that is remembered of a file one that no content has. */
async function mark(folder: string, path: string): Promise<void> {
  const file = rememberedFile(folder), stored = JSON.parse(await Deno.readTextFile(file));
  stored.files[path][5] = "f".repeat(64);
  await Deno.writeTextFile(file, JSON.stringify(stored));
}

Deno.test("a file that looks as before is not read again; one that was touched, changed or replaced is", async () => {
  await bench(async (context, folder) => {
    const first = await digests(context, folder);
    for (const at of [1, 2, 3, 4]) await mark(folder, `src/f${at}.txt`);
    await Deno.utime(`${context}/src/f2.txt`, 1, 1);
    await Deno.writeTextFile(`${context}/src/f3.txt`, "content 9");
    await Deno.writeTextFile(`${context}/fresh`, "content 4");
    await Deno.rename(`${context}/fresh`, `${context}/src/f4.txt`);
    const again = await digests(context, folder);
    assert.equal(again["src/f1.txt"], "f".repeat(64), "the mark shows that it was not read");
    assert.equal(again["src/f2.txt"], first["src/f2.txt"]);
    assert.equal(again["src/f3.txt"], first["src/f9.txt"]);
    assert.equal(again["src/f4.txt"], first["src/f4.txt"]);
    assert.equal(again["large.bin"], first["large.bin"]);
  });
});

Deno.test("an edit of the same size with its modification time restored is seen", async () => {
  await bench(async (context, folder) => {
    const first = await digests(context, folder), path = `${context}/src/f7.txt`;
    const { mtime, atime } = await Deno.stat(path);
    await new Promise((resolve) => setTimeout(resolve, 1100)); // change times are known to the second
    await Deno.writeTextFile(path, "content 8");
    await Deno.utime(path, atime!, mtime!);
    const { mtime: restored, size } = await Deno.stat(path);
    assert.deepEqual([restored, size], [mtime, 9]);
    assert.equal((await digests(context, folder))["src/f7.txt"], first["src/f8.txt"]);
  });
});

Deno.test("a file that changed just before it was read is not remembered: it may change again without a sign", async () => {
  await bench(async (context, folder) => {
    await new ContextReader({ cache: folder }).read({ context, dockerfile: "Dockerfile" });
    assert.deepEqual(Array.from(Deno.readDirSync(folder)), []);
    const cache = await StatCache.open(folder, context, Date.now()), info = await Deno.stat(`${context}/Dockerfile`);
    cache.remember("Dockerfile", stampOf(info), { digest: "a", pieces: [] });
    assert.equal(cache.find("Dockerfile", stampOf(info)), null);
  });
});

Deno.test("what is remembered is for the user's eyes alone, and is not believed if others may have written it", async () => {
  await bench(async (context, folder) => {
    const first = await digests(context, folder), file = rememberedFile(folder);
    assert.equal((await Deno.stat(file)).mode! & 0o777, 0o600);
    await mark(folder, "src/f1.txt");
    await Deno.chmod(file, 0o622);
    assert.equal((await digests(context, folder))["src/f1.txt"], first["src/f1.txt"]);
    await Deno.writeTextFile(file, "{ no JSON");
    await Deno.chmod(file, 0o600);
    assert.equal((await digests(context, folder))["src/f1.txt"], first["src/f1.txt"]);
  });
});

Deno.test("a folder that cannot be written costs time and nothing else", async () => {
  await bench(async (context) => {
    const blocked = `${context}/Dockerfile/no-folder`;
    assert.equal(Object.keys(await digests(context, blocked)).length, 303);
  });
});

Deno.test("segments whose parts are known are neither read nor sent, only looked for", async () => {
  await bench(async (context, folder) => {
    const bucket = fakeStore(), large = `${context}/large.bin`;
    const store = async (before: () => Promise<void> = () => Promise.resolve()) => {
      const read = await new ContextReader({ cache: folder, now: LATER }).read({ context, dockerfile: "Dockerfile" });
      await before();
      return await storeContext(read, bucket, { signal });
    };
    const first = await store();
    bucket.puts.length = 0;
    const again = await store(() => Deno.rename(large, `${folder}/away`));
    assert.deepEqual([again.listKey, again.uploadedBytes, bucket.puts], [first.listKey, 0, []]);
    await Deno.rename(`${folder}/away`, large);
    bucket.objects.clear();
    const lost = await store();
    assert.deepEqual([lost.listKey, lost.uploadedBytes], [first.listKey, first.uploadedBytes], "what is lost is sent");
  });
});

Deno.test("the folder is the system's own for what can be computed again", () => {
  assert.equal(cacheFolder((name) => name === "XDG_CACHE_HOME" ? "/there" : undefined), "/there/unitune/contexts");
  assert.match(cacheFolder(() => undefined), /\/\.cache\/unitune\/contexts$/);
});
