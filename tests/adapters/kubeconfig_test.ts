/** The kubeconfig that is written: what it holds, what stays, and what is refused. */
import assert from "node:assert/strict";
import { parse } from "yaml";
import { kubeconfigFile, withEntry, writeEntry } from "../../lib/adapters/kubeconfig.ts";
import { UnituneError } from "../../lib/core/errors.ts";
import { fakeClock } from "../fakes/clock.ts";

const ENTRY = {
  name: "acme.us-west-2.123456789012",
  server: "https://ABC.gr7.us-west-2.eks.amazonaws.com",
  caData: "Q0E=",
  command: "/opt/unitune",
  args: ["kubeconfig", "token", "--cluster", "acme", "--region", "us-west-2", "--profile", "on"],
};

const THEIRS = `# my clusters
apiVersion: v1
kind: Config
preferences: {}
current-context: home # where I was
clusters:
  # the one at home
  - cluster:
      server: https://home:6443
    name: home
contexts:
  - context: { cluster: home, user: me, namespace: dev }
    name: home
users:
  - name: me
    user:
      token: 0755
`;

async function folder(work: (path: string) => Promise<void>): Promise<void> {
  const path = await Deno.makeTempDir({ prefix: "unitune-kubeconfig-" });
  await work(path).finally(() => Deno.remove(path, { recursive: true }));
}

async function refusal(work: () => unknown): Promise<UnituneError> {
  try {
    await work();
  } catch (error) {
    assert.ok(error instanceof UnituneError, String(error));
    return error;
  }
  throw new Error("nothing was refused");
}

Deno.test("a kubeconfig of nothing gets the cluster, its user with unitune as exec plugin, and the current context", () => {
  for (const nothing of ["", "\n", "# only a comment\n", "{}"]) {
    const text = withEntry(nothing, ENTRY), { name } = ENTRY;
    const { users: [user], ...others } = parse(text, { version: "1.1" });
    assert.deepEqual(others, {
      apiVersion: "v1",
      kind: "Config",
      clusters: [{ name, cluster: { server: ENTRY.server, "certificate-authority-data": "Q0E=" } }],
      contexts: [{ name, context: { cluster: name, user: name } }],
      "current-context": name,
    });
    const { installHint: _, ...exec } = user.user.exec;
    assert.deepEqual(exec, {
      apiVersion: "client.authentication.k8s.io/v1",
      command: "/opt/unitune",
      // YAML 1.1 would read a plain `on` as true.
      args: ENTRY.args,
      interactiveMode: "Never",
      provideClusterInfo: false,
    });
    assert.equal(text.includes("%YAML"), false);
  }
});

Deno.test("other entries and comments stay as they are, and a second time changes nothing", () => {
  const text = withEntry(THEIRS, ENTRY);
  for (const line of ["# my clusters", "  # the one at home", "      token: 0755", "preferences: {}"]) {
    assert.ok(text.split("\n").includes(line), `${line}\n${text}`);
  }
  assert.match(text, /^current-context: acme\.us-west-2\.123456789012 # where I was$/m);
  assert.match(text, /context: \{ cluster: home, user: me, namespace: dev \}/);
  assert.equal(withEntry(text, ENTRY), text);
});

Deno.test("an entry of the name is replaced in its place", () => {
  const moved = withEntry(withEntry(THEIRS, ENTRY), { ...ENTRY, server: "https://new", command: "/usr/bin/unitune" });
  const { clusters, users, contexts } = parse(moved, { version: "1.1" });
  assert.deepEqual([clusters.length, users.length, contexts.length], [2, 2, 2]);
  assert.deepEqual([clusters[1].cluster.server, users[1].user.exec.command], ["https://new", "/usr/bin/unitune"]);
});

Deno.test("a kubeconfig as JSON stays readable for kubectl", () => {
  const text = withEntry(
    `{"apiVersion":"v1","kind":"Config","clusters":[{"name":"a","cluster":{}}],"users":null}`,
    ENTRY,
  );
  const { clusters, users } = parse(text, { version: "1.1" });
  assert.deepEqual([clusters.length, users.length], [2, 1]);
});

Deno.test("a file that is no kubeconfig is refused with its name, and stays as it was", async () => {
  await folder(async (path) => {
    for (const text of ["- a list\n", "clusters: {}\n", "a: [1\n", "a: 1\n---\nb: 2\n", "a: 1\na: 2\n"]) {
      await Deno.writeTextFile(`${path}/config`, text);
      const error = await refusal(() => writeEntry(`${path}/config`, ENTRY));
      assert.deepEqual([error.code, error.path], ["KUBECONFIG_FILE", `${path}/config`], text);
      assert.equal(await Deno.readTextFile(`${path}/config`), text);
    }
    assert.deepEqual([...Deno.readDirSync(path)].map(({ name }) => name), ["config"]);
  });
});

Deno.test("the file is replaced as a whole, for its owner alone; a link leads to the same file as before", async () => {
  await folder(async (path) => {
    await Deno.mkdir(`${path}/dotfiles`);
    await Deno.writeTextFile(`${path}/dotfiles/kube`, THEIRS, { mode: 0o644 });
    await Deno.symlink(`${path}/dotfiles/kube`, `${path}/config`);
    const before = await Deno.stat(`${path}/dotfiles/kube`);
    assert.equal(await writeEntry(`${path}/config`, ENTRY), await Deno.realPath(`${path}/dotfiles/kube`));
    assert.ok((await Deno.lstat(`${path}/config`)).isSymlink);
    const after = await Deno.stat(`${path}/dotfiles/kube`);
    assert.notEqual(after.ino, before.ino);
    assert.equal(after.mode! & 0o777, 0o600);
    await writeEntry(`${path}/new/.kube/config`, ENTRY);
    assert.equal((await Deno.stat(`${path}/new/.kube/config`)).mode! & 0o777, 0o600);
    assert.equal((await Deno.stat(`${path}/new/.kube`)).mode! & 0o777, 0o700);
    assert.deepEqual([...Deno.readDirSync(`${path}/dotfiles`)].map(({ name }) => name), ["kube"]);
  });
});

Deno.test("writers wait for kubectl's lock: entries of many at a time all stay, and a lock that stays is named", async () => {
  await folder(async (path) => {
    const file = `${path}/config`, names = [..."abcdefgh"];
    await Promise.all(names.map((name) => writeEntry(file, { ...ENTRY, name })));
    const { contexts } = parse(await Deno.readTextFile(file));
    assert.deepEqual(contexts.map(({ name }: { name: string }) => name).toSorted(), names);
    await Deno.writeTextFile(`${file}.lock`, "");
    const error = await refusal(() => writeEntry(file, ENTRY, fakeClock()));
    assert.ok(error.message.includes(`another program holds ${file}.lock`), error.message);
  });
});

Deno.test("the file is the first of KUBECONFIG, or that of the home folder", async () => {
  const of = (env: Readonly<Record<string, string>>) => kubeconfigFile((name) => env[name]);
  assert.equal(of({ KUBECONFIG: ":/a/one:/b/two", HOME: "/home/me" }), "/a/one");
  assert.equal(of({ KUBECONFIG: "", HOME: "/home/me" }), "/home/me/.kube/config");
  assert.equal((await refusal(() => of({}))).code, "KUBECONFIG_FILE");
});
