/** A release, assembled from stand-ins for the programs, and installed as a person installs it. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";

const release = fileURLToPath(new URL("../../.ci/release/", import.meta.url));
const TARGETS = [
  "x86_64-unknown-linux-gnu",
  "aarch64-unknown-linux-gnu",
  "x86_64-apple-darwin",
  "aarch64-apple-darwin",
];
const REPOSITORY = "https://example.com/acme/unitune";

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function run(command: string, args: string[], env: Record<string, string> = {}): Promise<Ran> {
  const PATH = Deno.env.get("PATH") ?? "";
  const { code, stdout, stderr } = await new Deno.Command(command, { args, env: { PATH, ...env }, clearEnv: true })
    .output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

/** A release with programs that only say their version, as `releases/latest/download` serves it. */
async function assembled(folder: string, targets = TARGETS): Promise<Ran & { readonly out: string }> {
  const programs = `${folder}/dist`, out = `${folder}/releases/latest/download`;
  await Deno.mkdir(programs, { recursive: true });
  for (const target of targets) {
    await Deno.writeTextFile(`${programs}/unitune-${target}`, `#!/bin/sh\necho unitune 1.2.3 "(${target})"\n`);
  }
  return { ...await run("bash", [`${release}assemble.sh`, REPOSITORY, "1.2.3", programs, out]), out };
}

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "unitune-release-" });
  try {
    await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function install(folder: string, env: Record<string, string> = {}): Promise<Ran> {
  const from = { HOME: `${folder}/home`, UNITUNE_RELEASES: `file://${folder}/releases` };
  return run("sh", [`${folder}/releases/latest/download/install.sh`], { ...from, ...env });
}

Deno.test("a release has a sum and a line of the formula for each program", async () => {
  await inFolder(async (folder) => {
    const { code, stderr, out } = await assembled(folder);
    assert.equal(code, 0, stderr);
    const formula = await Deno.readTextFile(`${out}/unitune.rb`), sums = await Deno.readTextFile(`${out}/SHA256SUMS`);
    for (const target of TARGETS) {
      const bytes = await Deno.readFile(`${out}/unitune-${target}`),
        sum = createHash("sha256").update(bytes).digest("hex");
      assert.ok(sums.includes(`${sum}  unitune-${target}\n`), sums);
      assert.ok(formula.includes(`${REPOSITORY}/releases/download/v1.2.3/unitune-${target}"\n      sha256 "${sum}"`));
    }
    assert.doesNotMatch(formula, /@[A-Za-z_0-9-]+@/);
    assert.ok((await Deno.readTextFile(`${out}/install.sh`)).includes(`${REPOSITORY}/releases}"`));
  });
});

Deno.test("a release without one of the programs is none", async () => {
  await inFolder(async (folder) => {
    const { code, stderr } = await assembled(folder, TARGETS.slice(1));
    assert.equal(code, 1);
    assert.match(stderr, /a program is missing/);
  });
});

Deno.test("the installer puts the program of this machine into place, and names the PATH that lacks it", async () => {
  await inFolder(async (folder) => {
    await assembled(folder);
    const { code, stdout, stderr } = await install(folder);
    assert.equal(code, 0, stderr);
    const [installed = "", path = ""] = stdout.split("\n");
    assert.match(
      installed,
      new RegExp(`^Installed unitune 1\\.2\\.3 \\(${Deno.build.target}\\) as ${folder}/home/.local/bin/unitune$`),
    );
    assert.match(path, /export PATH=/);
    const quiet = await install(folder, {
      UNITUNE_INSTALL: `${folder}/bin`,
      PATH: `${folder}/bin:${Deno.env.get("PATH")}`,
    });
    assert.equal(quiet.stdout.trimEnd().split("\n").length, 1);
  });
});

Deno.test("the installer refuses a program whose sum is another, and leaves the installed one as it is", async () => {
  await inFolder(async (folder) => {
    const { out } = await assembled(folder);
    assert.equal((await install(folder)).code, 0);
    const installed = `${folder}/home/.local/bin/unitune`, before = await Deno.readTextFile(installed);
    await Deno.writeTextFile(`${out}/unitune-${Deno.build.target}`, "#!/bin/sh\necho stolen\n");
    const { code, stderr } = await install(folder);
    assert.deepEqual([code, stderr], [
      1,
      "Cannot install unitune: the download's SHA-256 is not the one in SHA256SUMS\n",
    ]);
    assert.equal(await Deno.readTextFile(installed), before);
  });
});

Deno.test("a release that does not exist is named", async () => {
  await inFolder(async (folder) => {
    await assembled(folder);
    const { code, stderr } = await install(folder, { UNITUNE_VERSION: "9.9.9" });
    assert.equal(code, 1);
    assert.match(stderr, /releases\/download\/v9\.9\.9\/unitune-\S+ cannot be downloaded$/m);
  });
});
