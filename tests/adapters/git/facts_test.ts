/** What is read of repositories, against what Git itself says of them. */
import assert from "node:assert/strict";
import { gitFacts } from "../../../lib/adapters/git/facts.ts";
import { withTree } from "../../images/tree.ts";

const env = {
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_NOSYSTEM: "1",
  ...Object.fromEntries(
    ["AUTHOR", "COMMITTER"].flatMap((who) => [[`GIT_${who}_NAME`, "a"], [`GIT_${who}_EMAIL`, "a@b"]]),
  ),
};

async function git(root: string, ...args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command("git", { args, cwd: root, env }).output();
  assert.ok(success, `git ${args.join(" ")}: ${new TextDecoder().decode(stderr)}`);
  return new TextDecoder().decode(stdout).trim();
}

/** What Git says: the same facts. */
async function told(root: string) {
  const commit = await git(root, "rev-parse", "HEAD");
  const dirty = (await git(root, "status", "--porcelain", "--untracked-files=no", "--ignore-submodules=all")) !== "";
  const branch = await git(root, "branch", "--show-current") || null;
  return { commit, short: `${commit.slice(0, 12)}${dirty ? "-dirty" : ""}`, branch, dirty };
}

const TREE = { "a.txt": "a\n", "dir/b.txt": "b\n", "dir-x": "x", "dir.y": "y", "link": "->a.txt", "ä/ö": "umlaut" };

function repository(use: (root: string) => Promise<void>): Promise<void> {
  return withTree(TREE, async (root) => {
    await git(root, "init", "-q", "-b", "main");
    await git(root, "add", ".");
    await git(root, "commit", "-q", "-m", "first");
    await use(root);
  });
}

async function same(root: string, folder = root): Promise<boolean> {
  const expected = await told(root);
  assert.deepEqual(await gitFacts(folder), expected);
  return expected.dirty;
}

Deno.test("commit, branch and dirt are what Git says, whatever is edited, staged, deleted or touched", async () => {
  await repository(async (root) => {
    assert.equal(await same(root), false);
    const write = (text: string) => Deno.writeTextFile(`${root}/a.txt`, text);
    const steps: readonly (readonly [boolean, () => Promise<unknown>])[] = [
      [true, () => write("b\n")],
      [true, () => git(root, "add", "a.txt")],
      [true, () => write("a\n")],
      [false, () => git(root, "reset", "-q", "--hard")],
      [false, () => Deno.writeTextFile(`${root}/untracked`, "1")],
      [true, () => Deno.remove(`${root}/dir/b.txt`)],
      [false, () => git(root, "checkout", "-q", "dir/b.txt")],
      [true, () => Deno.chmod(`${root}/a.txt`, 0o755)],
      [false, () => git(root, "commit", "-q", "-am", "executable")],
      [true, () => Deno.remove(`${root}/link`).then(() => Deno.symlink("dir-x", `${root}/link`))],
      [false, () => git(root, "checkout", "-q", "link")],
      [true, () => git(root, "mv", "dir-x", "dir/moved")],
      [false, () => git(root, "commit", "-q", "-m", "moved")],
    ];
    for (const [at, [dirty, step]] of steps.entries()) {
      await step();
      assert.equal(await same(root), dirty, `step ${at}`);
    }
    await Deno.utime(`${root}/a.txt`, 1e9, 1e9);
    assert.equal((await gitFacts(root))?.dirty, false, "a touched file is read");
  });
});

Deno.test("packed objects and refs, no branch, an index of each version, a folder below and a second working tree are read", async () => {
  await repository(async (root) => {
    for (let at = 0; at < 30; at++) {
      await git(root, "commit", "-q", "--allow-empty", "-m", `${"a long message that packs well ".repeat(20)}${at}`);
    }
    await git(root, "gc", "-q", "--aggressive");
    await same(root, `${root}/dir`);
    for (const version of ["2", "3", "4"]) {
      await git(root, "update-index", "--index-version", version);
      assert.equal(await same(root), false);
    }
    await git(root, "worktree", "add", "-q", "-b", "second", `${root}/second`);
    assert.equal(await same(`${root}/second`), false);
    await git(root, "checkout", "-q", "--detach", "HEAD~3");
    assert.equal(await same(root), false);
  });
});

Deno.test("a commit that is stored as a difference is read", async () => {
  await repository(async (root) => {
    const message = Array.from({ length: 400 }, (_, at) => `line ${at} of ${(at * 7919) % 1000}`).join("\n");
    for (const end of ["a", "b", "c", "d"]) {
      await git(root, "commit", "-q", "--allow-empty", "-m", `${message}\n${end}`);
    }
    await git(root, "repack", "-adfq", "--depth=50", "--window=50");
    const commits = (await git(root, "rev-list", "HEAD")).split("\n");
    for (const commit of commits) {
      await git(root, "checkout", "-q", commit);
      assert.equal(await same(root), false);
    }
  });
});

Deno.test("no hook, filter or pager of the repository runs", async () => {
  await repository(async (root) => {
    await git(root, "config", "core.fsmonitor", `touch ${root}/ran; false`);
    await git(root, "config", "filter.evil.clean", `touch ${root}/ran; cat`);
    await Deno.writeTextFile(`${root}/.git/info/attributes`, "* filter=evil\n");
    await Deno.writeTextFile(`${root}/a.txt`, "changed");
    assert.equal((await gitFacts(root))?.dirty, true);
    await assert.rejects(Deno.stat(`${root}/ran`));
  });
});

Deno.test("a folder in no repository, and a repository without a commit, have no facts", async () => {
  await withTree({ "a": "1" }, async (root) => {
    assert.equal(await gitFacts(root), null);
    await git(root, "init", "-q");
    assert.equal(await gitFacts(root), null);
  });
});
