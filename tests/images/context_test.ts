import assert from "node:assert/strict";
import { ContextReader, readContext } from "../../lib/adapters/context/mod.ts";
import { sha256 } from "../../lib/core/hash.ts";
import { contextTime, REPRODUCIBLE_TIME } from "../../lib/images/context.ts";
import { isUnituneError } from "../../lib/core/errors.ts";
import { type Tree, withTree } from "./tree.ts";

function read(tree: Tree, dockerfile = "Dockerfile", before?: (root: string) => Promise<unknown>) {
  return withTree(tree, async (context) => {
    await before?.(context);
    return await readContext({ context, dockerfile });
  });
}

const code = (expected: string) => (error: unknown) => isUnituneError(error) && error.code === expected;

Deno.test("a context lists what BuildKit would send, sorted by code unit, links as links", async () => {
  const tree = {
    "Dockerfile": "FROM scratch",
    ".dockerignore": "*.log\nbuild\n!build/keep.txt\n",
    "a/b": "1",
    "a-b": "2",
    "a.log": "x",
    "build/drop.txt": "x",
    "build/keep.txt": "k",
    "empty": null,
    "link": "->a/b",
    "outside": "->../../etc/passwd",
    "Z": "3",
  };
  const { entries, facts } = await read(tree);
  assert.deepEqual(entries.map(({ path, type, size, link }) => [path, type, size, link]), [
    [".dockerignore", "file", 28, null],
    ["Dockerfile", "file", 12, null],
    ["Z", "file", 1, null],
    ["a", "dir", 0, null],
    ["a-b", "file", 1, null],
    ["a/b", "file", 1, null],
    ["build", "dir", 0, null],
    ["build/keep.txt", "file", 1, null],
    ["empty", "dir", 0, null],
    ["link", "symlink", 0, "a/b"],
    ["outside", "symlink", 0, "../../etc/passwd"],
  ]);
  assert.equal(facts.bytes, 44);
});

Deno.test("the digest changes with content, mode, name and link target, and with nothing else", async () => {
  const tree: Tree = { "Dockerfile": "FROM scratch", "a": "1", "b": "->a" };
  const digest = async (other: Tree, before?: (root: string) => Promise<unknown>) =>
    (await read(other, "Dockerfile", before)).facts.digest;
  const own = await digest(tree);
  assert.equal(await digest(tree, (root) => Deno.utime(`${root}/a`, 1, 1)), own);
  const others = [
    await digest({ ...tree, a: "2" }),
    await digest({ ...tree, c: "" }),
    await digest({ ...tree, b: "->Dockerfile" }),
    await digest({ ...tree, c: null }),
    await digest(tree, (root) => Deno.chmod(`${root}/a`, 0o755)),
  ];
  assert.equal(new Set([own, ...others]).size, 6);
});

Deno.test("the digest counts only whether a file is executable, unless permissions are exact", async () => {
  const tree: Tree = { "Dockerfile": "FROM scratch", "dir/a": "1" };
  const digest = (permissions: "git" | "exact", mode: number, folder: number) =>
    withTree(tree, async (context) => {
      await Deno.chmod(`${context}/dir/a`, mode);
      await Deno.chmod(`${context}/dir`, folder);
      return (await readContext({ context, dockerfile: "Dockerfile", permissions })).facts.digest;
    });
  assert.equal(await digest("git", 0o600, 0o700), await digest("git", 0o664, 0o775));
  assert.equal(await digest("git", 0o644, 0o755), await digest("exact", 0o644, 0o755));
  assert.notEqual(await digest("git", 0o744, 0o755), await digest("git", 0o644, 0o755));
  assert.notEqual(await digest("exact", 0o600, 0o755), await digest("exact", 0o644, 0o755));
  assert.notEqual(await digest("exact", 0o644, 0o700), await digest("exact", 0o644, 0o755));
});

Deno.test("files of one context have one time, after 1980, in the past, before a reproducible image's; other content has another", () => {
  const digests = Array.from({ length: 2000 }, (_, index) => sha256(String(index)));
  const times = digests.map(contextTime);
  assert.equal(new Set(times).size, times.length);
  assert.equal(contextTime(digests[0]!), times[0]);
  for (const time of [...times, contextTime("0".repeat(64)), contextTime("f".repeat(64))]) {
    assert.ok(Number.isInteger(time) && time > Date.parse("1980-01-02") / 1000 && time < REPRODUCIBLE_TIME, `${time}`);
  }
  assert.ok(REPRODUCIBLE_TIME < Date.parse("2026-01-01") / 1000);
});

Deno.test("a Dockerfile that is ignored still belongs to the context, marked as out of COPY's sight", async () => {
  const tree = { "Dockerfile": "FROM scratch", ".dockerignore": "Dockerfile\n.dockerignore\n", "a": "1" };
  const { entries } = await read(tree);
  assert.deepEqual(entries.map(({ path, ignored }) => [path, ignored]), [["Dockerfile", true], ["a", false]]);
});

Deno.test("the Dockerfile's own ignore file precedes .dockerignore", async () => {
  const tree = { "docker/Dev": "FROM scratch", "docker/Dev.dockerignore": "a", ".dockerignore": "b", "a": "", "b": "" };
  const { entries } = await read(tree, "docker/Dev");
  const paths = entries.map(({ path }) => path);
  assert.deepEqual(paths, [".dockerignore", "b", "docker", "docker/Dev", "docker/Dev.dockerignore"]);
});

Deno.test("a missing Dockerfile or context is an error of the config with its place", async () => {
  await assert.rejects(read({ a: "1" }), (error) => {
    assert.ok(isUnituneError(error));
    assert.equal(error.code, "DOCKERFILE_NOT_FOUND");
    assert.equal(error.exit, 3);
    assert.equal(error.path, "Dockerfile");
    return true;
  });
  await assert.rejects(
    readContext({ context: "/nowhere/at/all", dockerfile: "Dockerfile" }),
    code("CONTEXT_NOT_FOUND"),
  );
});

/** Makes a file whose name's bytes are not UTF-8; Deno itself cannot. */
async function plantOddName(root: string, folder: string): Promise<void> {
  await Deno.mkdir(`${root}/${folder}`, { recursive: true });
  const args = ["-c", 'printf x > "$(printf "odd\\377")"'];
  assert.ok((await new Deno.Command("sh", { args, cwd: `${root}/${folder}` }).output()).success);
}

Deno.test("a file name that is not UTF-8 is refused, unless it is ignored", async () => {
  const tree = { Dockerfile: "FROM scratch", ".dockerignore": "ignored" };
  await assert.rejects(read(tree, "Dockerfile", (root) => plantOddName(root, "kept")), code("CONTEXT_NAME"));
  const { entries } = await read(tree, "Dockerfile", (root) => plantOddName(root, "ignored"));
  assert.deepEqual(entries.map(({ path }) => path), [".dockerignore", "Dockerfile"]);
});

Deno.test("a named pipe is left out with a warning", async () => {
  const pipe = async (root: string) =>
    assert.ok((await new Deno.Command("mkfifo", { args: [`${root}/p`] }).output()).success);
  const { entries, warnings } = await read({ Dockerfile: "FROM scratch" }, "Dockerfile", pipe);
  assert.deepEqual(entries.map(({ path }) => path), ["Dockerfile"]);
  assert.deepEqual(warnings, ["Skips p: a named pipe cannot be packed"]);
});

Deno.test("a named pipe in the place of the Dockerfile or of an ignore file is refused, and not waited for", async () => {
  const pipe = (name: string) => async (root: string) => {
    await Deno.remove(`${root}/${name}`);
    assert.ok((await new Deno.Command("mkfifo", { args: [`${root}/${name}`] }).output()).success);
  };
  const tree = { Dockerfile: "FROM scratch", ".dockerignore": "a" };
  await assert.rejects(read(tree, "Dockerfile", pipe("Dockerfile")), /must be a file: found a named pipe/);
  await assert.rejects(read(tree, "Dockerfile", pipe(".dockerignore")), code("CONTEXT_UNREADABLE"));
});

Deno.test("a Dockerfile or an ignore file without an end is refused", async () => {
  const link = (name: string) => async (root: string) => {
    await Deno.remove(`${root}/${name}`);
    await Deno.symlink("/dev/zero", `${root}/${name}`);
  };
  const tree = { Dockerfile: "FROM scratch", ".dockerignore": "a" };
  await assert.rejects(read(tree, "Dockerfile", link("Dockerfile")), code("DOCKERFILE_NOT_FOUND"));
  await assert.rejects(read(tree, "Dockerfile", link(".dockerignore")), code("CONTEXT_UNREADABLE"));
});

Deno.test("a named ignore file decides alone, whatever other ignore files the context holds", async () => {
  const tree = {
    "Dockerfile": "FROM scratch\n",
    ".dockerignore": "a.txt\n",
    "Dockerfile.dockerignore": "a.txt\n",
    "own.ignore": "b.txt\n",
    "a.txt": "a",
    "b.txt": "b",
  };
  await withTree(tree, async (context) => {
    const read = await readContext({ context, dockerfile: "Dockerfile", ignoreFile: "own.ignore" });
    const sent = read.entries.filter(({ ignored }) => !ignored).map(({ path }) => path);
    assert.ok(sent.includes("a.txt") && !sent.includes("b.txt"), sent.join());
    const usual = await readContext({ context, dockerfile: "Dockerfile", ignoreFile: null });
    assert.notEqual(usual.facts.digest, read.facts.digest);
  });
});

Deno.test("a Dockerfile outside the context is part of the digest, with the ignore file beside it; its text needs no file", async () => {
  const root = await Deno.makeTempDir({ prefix: "unitune_" });
  try {
    await Deno.mkdir(`${root}/app`);
    await Deno.mkdir(`${root}/docker`);
    for (const name of ["a.txt", "b.txt"]) await Deno.writeTextFile(`${root}/app/${name}`, name);
    await Deno.writeTextFile(`${root}/docker/x.Dockerfile.dockerignore`, "a.txt\n");
    const outside = async (text: string) => {
      await Deno.writeTextFile(`${root}/docker/x.Dockerfile`, text);
      return await readContext({ context: `${root}/app`, dockerfile: "../docker/x.Dockerfile" });
    };
    const read = await outside("FROM scratch\n"), paths = read.entries.filter(({ ignored }) => !ignored);
    assert.deepEqual(paths.map(({ path }) => path), ["b.txt"]);
    assert.notEqual((await outside("FROM scratch\n# other\n")).facts.digest, read.facts.digest);
    const dockerfileInline = "FROM scratch\nCOPY a.txt /\n";
    const inline = await readContext({ context: `${root}/app`, dockerfile: "Dockerfile", dockerfileInline });
    assert.deepEqual(inline.entries.map(({ path }) => path), ["a.txt", "b.txt"]);
    assert.equal(new TextDecoder().decode(inline.dockerfile.content), dockerfileInline);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

Deno.test("a named folder has a digest of its own, by its own ignore file, without the config's files that nothing copies", async () => {
  const tree = {
    "app/Dockerfile": "FROM scratch\nCOPY --from=src kept.ts /\n",
    "lib/.dockerignore": "*.log\n",
    "lib/a.py": "a",
    "lib/a.log": "x",
    "lib/kept.ts": "k",
    "lib/unitune.config.ts": "c",
  };
  await withTree(tree, async (root) => {
    const config = [`${root}/lib/kept.ts`, `${root}/lib/unitune.config.ts`];
    const contexts = { src: { folder: `${root}/lib` } };
    const read = () =>
      new ContextReader({ config }).read({ context: `${root}/app`, dockerfile: "Dockerfile", contexts });
    const { facts, folders: { src } } = await read();
    assert.deepEqual(src!.files.entries.map(({ path }) => path), [".dockerignore", "a.py", "kept.ts"]);
    assert.deepEqual(src!.files.leftOut, ["unitune.config.ts"]);
    await Deno.writeTextFile(`${root}/lib/a.log`, "y");
    await Deno.writeTextFile(`${root}/lib/unitune.config.ts`, "d");
    assert.deepEqual((await read()).facts, facts);
    await Deno.writeTextFile(`${root}/lib/a.py`, "b");
    const changed = (await read()).facts;
    assert.equal(changed.digest, facts.digest);
    assert.notEqual(changed.folders["src"]!.digest, facts.folders["src"]!.digest);
  });
});
