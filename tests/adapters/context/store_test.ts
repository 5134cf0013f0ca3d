import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { constants, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import fc from "fast-check";
import { ContextReader, readContext, storeContext } from "../../../lib/adapters/context/mod.ts";
import { isUnituneError } from "../../../lib/core/errors.ts";
import { type FakeStore, fakeStore } from "../../fakes/context_store.ts";
import { archiveOf, describe, type Tree, unpack, withTree } from "../../images/tree.ts";

const DAY = 86_400_000;
const MiB = 2 ** 20;
const signal = new AbortController().signal;
const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

async function store(
  context: string,
  into: FakeStore,
  dockerfile = "Dockerfile",
  permissions: "git" | "exact" = "git",
) {
  return await storeContext(await readContext({ context, dockerfile, permissions }), into, { signal });
}

/** Bytes that do not compress, the same for the same seed. */
function noise(size: number, seed: number): Uint8Array {
  const words = new Uint32Array(Math.ceil(size / 4));
  let state = seed || 1;
  for (let index = 0; index < words.length; index++) {
    state ^= state << 13, state ^= state >>> 17, state ^= state << 5;
    words[index] = state;
  }
  return new Uint8Array(words.buffer, 0, size);
}

const name = fc.oneof(
  fc.stringMatching(/^[a-z][a-z0-9 ._+-]{0,8}$/),
  fc.constantFrom("ä", "日本", "x".repeat(120), `${"é".repeat(60)}.txt`, "-dash", "new\nline", "*"),
);
const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((parts) => parts.join("/"));
const content = fc.oneof(
  fc.uint8Array({ maxLength: 1500 }),
  fc.constant(null),
  fc.constantFrom("->a", "->../x", "->/etc/passwd", `->${"y".repeat(130)}`),
);

/** Drops what would lie inside of a file or a link. */
function possible(entries: readonly (readonly [string, string | Uint8Array | null])[]): Tree {
  const tree: Record<string, string | Uint8Array | null> = {};
  for (const [path, content] of entries) {
    const taken = Object.keys(tree).some((other) => path.startsWith(`${other}/`) || other.startsWith(`${path}/`));
    if (!taken && path !== "Dockerfile" && !path.endsWith(".dockerignore")) tree[path] = content;
  }
  return { ...tree, Dockerfile: "FROM scratch\n" };
}

Deno.test("what is packed and unpacked by the system's tar is the same tree, mtimes 0, and the same bytes each time", async () => {
  const trees = fc.array(fc.tuple(path, content), { maxLength: 12 }).map(possible);
  await fc.assert(
    fc.asyncProperty(trees, fc.constantFrom(0o644, 0o600, 0o755, 0o4755, 0o444), async (tree, mode) => {
      await withTree(tree, async (root) => {
        await Deno.chmod(`${root}/Dockerfile`, mode);
        const first = fakeStore(), second = fakeStore();
        const archive = archiveOf(first, await store(root, first, "Dockerfile", "exact"));
        assert.deepEqual(archiveOf(second, await store(root, second, "Dockerfile", "exact")), archive);
        await withTree({}, async (out) => {
          await unpack(archive, out);
          for (const line of await describe(root)) {
            const [, before, after] = /^(.* \d+) \d+( \d+:\d+)$/s.exec(line) ?? [];
            const expected = before === undefined ? line : `${before} 0${after}`;
            assert.ok((await describe(`${out}/context`)).includes(expected), expected);
          }
          assert.equal((await describe(root)).length, (await describe(`${out}/context`)).length);
        });
      });
    }),
    { numRuns: 40, seed: 7 },
  );
});

Deno.test("clones with another umask give the same archive: 0755 for folders and programs, 0644 for the rest", async () => {
  const archives: Uint8Array[] = [];
  for (
    const [file, program, folder] of [[0o644, 0o755, 0o755], [0o600, 0o700, 0o700], [0o664, 0o775, 0o2775]] as const
  ) {
    await withTree({ "Dockerfile": "FROM scratch\n", "in/a.txt": "a", "in/run.sh": "b" }, async (root) => {
      await Deno.chmod(`${root}/in/a.txt`, file);
      await Deno.chmod(`${root}/in/run.sh`, program);
      await Deno.chmod(`${root}/in`, folder);
      const bucket = fakeStore(), archive = archiveOf(bucket, await store(root, bucket));
      archives.push(archive);
      await withTree({}, async (out) => {
        await unpack(archive, out);
        const modes = (await describe(`${out}/context/in`)).map((line) => line.split(" ").slice(0, 2).join(" "));
        assert.deepEqual(modes, ["a.txt 644", "run.sh 755"]);
        assert.equal((await Deno.stat(`${out}/context/in`)).mode! & 0o7777, 0o755);
      });
    });
  }
  assert.deepEqual(archives[1], archives[0]);
  assert.deepEqual(archives[2], archives[0]);
});

function project(files: number, size: number): Record<string, string | Uint8Array> {
  const entries = Array.from({ length: files }, (_, index): [string, Uint8Array] => {
    return [`src/part${index % 10}/file${index}.bin`, noise(size, index + 1)];
  });
  return { ...Object.fromEntries(entries), Dockerfile: "FROM scratch\n" };
}

Deno.test("one edited file of 200 costs one segment and the list", async () => {
  await withTree(project(200, 100_000), async (root) => {
    const bucket = fakeStore();
    const { uploadedBytes, bytes } = await store(root, bucket);
    assert.equal(uploadedBytes, bytes);
    assert.ok(bucket.puts.length > 5, `${bucket.puts.length} objects`);
    bucket.puts.length = 0;
    await Deno.writeFile(`${root}/src/part3/file53.bin`, noise(100_020, 999));
    const again = await store(root, bucket);
    assert.deepEqual(bucket.puts.map((key) => key.split("/")[0]), ["contexts", "lists"]);
    assert.ok(again.uploadedBytes < bytes / 2, `${again.uploadedBytes} of ${bytes}`);
  });
});

Deno.test("nothing is sent when the store has it; past half of its life it is sent again", async () => {
  await withTree(project(20, 200_000), async (root) => {
    const bucket = fakeStore();
    await store(root, bucket);
    const all = bucket.puts.splice(0).length;
    bucket.now = 14 * DAY;
    assert.equal((await store(root, bucket)).uploadedBytes, 0);
    assert.equal(bucket.puts.length, 0);
    bucket.now = 16 * DAY;
    await store(root, bucket);
    assert.equal(bucket.puts.length, all);
  });
});

Deno.test("a large file is cut every 4 MiB, and an edit in it costs one piece", async () => {
  const large = noise(40 * MiB, 5);
  await withTree({ "Dockerfile": "FROM scratch\n", "a.txt": "a", "model.bin": large, "z.txt": "z" }, async (root) => {
    const bucket = fakeStore();
    const result = await store(root, bucket);
    const list = JSON.parse(new TextDecoder().decode(bucket.objects.get(result.listKey)!.body));
    const sizes = list.segments.map(({ bytes }: { bytes: number }) => Math.round(bytes / MiB));
    assert.deepEqual(sizes, [0, ...Array(10).fill(4), 0, 0]);
    bucket.puts.length = 0;
    large[20 * MiB]! ^= 1;
    await Deno.writeFile(`${root}/model.bin`, large);
    await store(root, bucket);
    assert.deepEqual(bucket.puts.map((key) => key.split("/")[0]), ["contexts", "lists"]);
    assert.ok(bucket.busiest <= 4, `${bucket.busiest} at once`);
  });
});

Deno.test("every segment is named by the sha256 of what it unpacks to; the list comes last and is named in the result", async () => {
  await withTree(project(30, 300_000), async (root) => {
    const bucket = fakeStore();
    const { listKey, listDigest } = await store(root, bucket);
    for (const [key, { body }] of bucket.objects) {
      const bytes = key.startsWith("contexts/") ? zstdDecompressSync(body) : body;
      assert.equal(/([0-9a-f]{64})/.exec(key)?.[1], sha256(bytes), key);
    }
    assert.equal(bucket.puts.at(-1), listKey);
    assert.equal(listKey, `lists/${listDigest}.json`);
  });
});

Deno.test("a segment that the store has is neither compressed again nor sent, whatever compressed it", async () => {
  await withTree(project(30, 300_000), async (root) => {
    const bucket = fakeStore(), { listKey } = await store(root, bucket);
    for (const [key, { body }] of bucket.objects) {
      if (!key.startsWith("contexts/")) continue;
      const params = { [constants.ZSTD_c_compressionLevel]: 9 };
      bucket.objects.set(key, { body: zstdCompressSync(zstdDecompressSync(body), { params }), storedAt: 0 });
    }
    bucket.puts.length = 0;
    const again = await store(root, bucket);
    assert.deepEqual([again.listKey, again.uploadedBytes, bucket.puts], [listKey, 0, []]);
  });
});

Deno.test("images that share a context read, pack and send it once, at the same time or one after the other", async () => {
  const dockerfiles = ["a.Dockerfile", "b.Dockerfile", "sub/c.Dockerfile", "Dockerfile"];
  const tree = {
    ...project(30, 200_000),
    ...Object.fromEntries(dockerfiles.map((path) => [path, `FROM scratch\nLABEL of=${path}\n`])),
    ".dockerignore": "sub\n",
  };
  await withTree(tree, async (context) => {
    const reader = new ContextReader(), bucket = fakeStore();
    const read = await Promise.all(dockerfiles.map((dockerfile) => reader.read({ context, dockerfile })));
    assert.equal(new Set(read.map(({ files }) => files)).size, 1);
    const results = await Promise.all(read.slice(0, 3).map((one) => storeContext(one, bucket, { signal })));
    const alone = fakeStore(), usual = await store(context, alone, "a.Dockerfile");
    assert.equal(results[0]!.uploadedBytes, usual.uploadedBytes);
    assert.equal(new Set(bucket.puts).size, bucket.puts.length, "nothing is sent twice");
    // The others send their Dockerfile and their list.
    const looks: string[] = [], stat = bucket.stat.bind(bucket);
    bucket.stat = (key) => (looks.push(key), stat(key));
    assert.ok((await storeContext(read[3]!, bucket, { signal })).uploadedBytes < 2000);
    assert.equal(looks.length, 2, "and look for nothing else");
    for (const [at, { listKey }] of results.entries()) {
      const apart = fakeStore();
      assert.equal((await store(context, apart, dockerfiles[at])).listKey, listKey);
    }
  });
});

Deno.test("a context that could not be stored is stored by the next image that needs it", async () => {
  await withTree({ ...project(5, 100_000), "b.Dockerfile": "FROM scratch\n" }, async (context) => {
    const reader = new ContextReader(), bucket = fakeStore(), put = bucket.put.bind(bucket);
    bucket.put = () => Promise.reject(new Error("the bucket is away"));
    const first = await reader.read({ context, dockerfile: "Dockerfile" });
    await assert.rejects(storeContext(first, bucket, { signal }), /the bucket is away/);
    bucket.put = put;
    const second = await reader.read({ context, dockerfile: "b.Dockerfile" });
    assert.ok((await storeContext(second, bucket, { signal })).uploadedBytes > 400_000);
  });
});

Deno.test("two Dockerfiles over one folder share every segment but the Dockerfile's", async () => {
  const tree = { ...project(30, 200_000), "b.Dockerfile": "FROM scratch\nLABEL b=1\n" };
  await withTree(tree, async (root) => {
    const bucket = fakeStore();
    await store(root, bucket);
    bucket.puts.length = 0;
    await store(root, bucket, "b.Dockerfile");
    assert.deepEqual(bucket.puts.map((key) => key.split("/")[0]), ["contexts", "lists"]);
  });
});

Deno.test("the Dockerfile is unpacked beside the context, with an ignore file that ignores nothing", async () => {
  const tree = { "docker/Dev": "FROM scratch\n", ".dockerignore": "docker", "a": "1" };
  await withTree(tree, async (root) => {
    const bucket = fakeStore();
    const archive = archiveOf(bucket, await store(root, bucket, "docker/Dev"));
    await withTree({}, async (out) => {
      await unpack(archive, out);
      const paths = (await describe(out)).map((line) => line.split(" ")[0]);
      assert.deepEqual(paths, [
        "context/",
        "context/.dockerignore",
        "context/a",
        "dockerfile/",
        "dockerfile/docker/",
        "dockerfile/docker/Dev",
        "dockerfile/docker/Dev.dockerignore",
      ]);
      assert.match(await Deno.readTextFile(`${out}/dockerfile/docker/Dev.dockerignore`), /^#[^\n]*\n$/);
    });
  });
});

Deno.test("a file that changed between reading and packing is an error that names it", async () => {
  for (const other of ["bbbb", "longer than before"]) {
    await withTree({ Dockerfile: "FROM scratch\n", "in/a.txt": "aaaa" }, async (context) => {
      const read = await readContext({ context, dockerfile: "Dockerfile" });
      await Deno.writeTextFile(`${context}/in/a.txt`, other);
      await assert.rejects(storeContext(read, fakeStore(), { signal }), (error) => {
        return isUnituneError(error) && error.code === "CONTEXT_CHANGED" && error.path === "in/a.txt";
      });
    });
  }
});

Deno.test("an interrupted or failing store starts no more work and says why", async () => {
  await withTree(project(100, 300_000), async (context) => {
    const read = await readContext({ context, dockerfile: "Dockerfile" });
    const failing = fakeStore();
    failing.put = () => Promise.reject(new Error("the bucket is gone"));
    await assert.rejects(storeContext(read, failing, { signal }), /the bucket is gone/);
    const stop = new AbortController();
    const bucket = fakeStore();
    const put = bucket.put.bind(bucket);
    bucket.put = (key, body) => (stop.abort(), put(key, body));
    await assert.rejects(storeContext(read, bucket, { signal: stop.signal }), { name: "AbortError" });
    assert.ok(bucket.puts.length <= 4 && !bucket.puts.some((key) => key.startsWith("lists/")), bucket.puts.join());
  });
});

Deno.test("two images that share a segment send it once, and count it once", async () => {
  const shared = noise(2 * MiB, 5);
  await withTree({ "data.bin": shared, Dockerfile: "FROM a\n" }, async (one) => {
    await withTree({ "data.bin": shared, Dockerfile: "FROM b\n" }, async (other) => {
      const into = fakeStore();
      const [first, second] = await Promise.all([store(one, into), store(other, into)]);
      assert.equal(new Set(into.puts).size, into.puts.length);
      const put = [...into.objects.values()].reduce((sum, { body }) => sum + body.length, 0);
      assert.equal(first.uploadedBytes + second.uploadedBytes, put);
    });
  });
});

Deno.test("a folder that two images name, and a third has as its context, is sent once, whatever it is called", async () => {
  const tree = { "app/Dockerfile": "FROM scratch\n", "lib/data.bin": noise(3 * MiB, 3), "lib/Dockerfile": "FROM a\n" };
  await withTree(tree, async (root) => {
    const into = fakeStore(), reader = new ContextReader(), stores: number[] = [];
    const folder = `${root}/lib`, app = { context: `${root}/app`, dockerfile: "Dockerfile" };
    for (
      const image of [
        { context: folder, dockerfile: "Dockerfile" },
        { ...app, contexts: { src: { folder }, vendor: { image: "alpine:3.22" } } },
        { ...app, contexts: { "acme/lib:v1": { folder } } },
      ]
    ) {
      stores.push((await storeContext(await reader.read(image), into, { signal })).uploadedBytes);
    }
    assert.ok(stores[0]! > 3 * MiB && stores[1]! < MiB && stores[2]! < MiB, stores.join());
    assert.equal(new Set(into.puts).size, into.puts.length);
    const other = await storeContext(await readContext({ ...app, contexts: { src: { folder } } }), into, { signal });
    assert.ok(other.uploadedBytes < MiB, `${other.uploadedBytes} bytes by another process`);
  });
});
