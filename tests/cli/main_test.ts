/** Commands in this process: what each prints where, and its exit code. */
import assert from "node:assert/strict";
import { EXIT, UnituneError } from "../../lib/core/errors.ts";
import type { Ports } from "../../lib/core/ports.ts";
import { makeProject } from "../config/project.ts";
import { fakeClock } from "../fakes/clock.ts";
import { ownersOf, type Some } from "../fakes/operation.ts";
import { run } from "./run.ts";

const CONFIG = `import { defineConfig, image } from "unitune/config";
export default defineConfig({
  name: "acme", region: "us-west-2", cluster: { endpoint: "private" }, images: { base: image({ context: "./images/base" }) },
});\n`;

const project = await makeProject();
await project.write("unitune.config.ts", CONFIG);
const config = `${project.root}/unitune.config.ts`;
globalThis.addEventListener("unload", () => Deno.removeSync(project.root, { recursive: true }));

/** An account in which nothing is deployed, and where everything is allowed; `asked` hears what is changed. */
function account(asked: string[] = [], owners: Readonly<Record<string, string>> = {}): Some<Ports> {
  return {
    identity: { caller: () => Promise.resolve({ account: "123456789012", partition: "aws", principalArn: "arn:me" }) },
    permissions: { simulate: () => Promise.resolve([]) },
    stacks: { outputs: () => Promise.resolve(null), destroy: (stack) => (asked.push(`stack ${stack}`), yes()) },
    eks: { cluster: () => Promise.resolve(null) },
    network: { occupants: () => Promise.resolve([]) },
    leftovers: { kinds: ["instance"], find: () => Promise.resolve([]), disks: () => Promise.resolve([]) },
    owners: ownersOf("acme", {
      repository: (name) => Promise.resolve(name in owners ? { "unitune:cluster": owners[name]! } : null),
    }),
    registry: {
      repositories: () => Promise.resolve(["acme/base"]),
      find: () => Promise.resolve(null),
      manifest: () => Promise.resolve(null),
      newest: () => Promise.resolve(null),
      ensureRepository: (name) => (asked.push(`repository ${name}`), yes()),
    },
    clock: fakeClock(),
  };
}

const yes = () => Promise.resolve(true);

Deno.test("help is asked for on stdout; an unknown command or flag is a usage error on stderr", async () => {
  const help = await run(["--help"]);
  assert.deepEqual([help.code, help.stderr], [EXIT.done, ""]);
  for (const command of ["init", "plan", "apply", "build", "configure", "deploy", "destroy", "context", "synth"]) {
    assert.match(help.stdout, new RegExp(`^ +${command} `, "m"));
  }
  for (const args of [["aply"], ["plan", "--ofline"], ["synth"], ["apply", "--only", "images,nothing", "-c", config]]) {
    const { code, stdout, stderr } = await run(args);
    assert.deepEqual([args, code, stdout], [args, EXIT.usage, ""]);
    assert.notEqual(stderr, "");
  }
});

Deno.test("a plan is the result, on stdout; with --json it is one document", async () => {
  const told = await run(["plan", "--offline", "-c", config]);
  assert.deepEqual([told.code, told.stderr], [EXIT.done, ""]);
  assert.match(told.stdout, /^Plan for acme in us-west-2\n/);
  const json = await run(["plan", "--offline", "--json", "-c", config]);
  const { name, changed, changes } = JSON.parse(json.stdout);
  assert.deepEqual([name, changed, changes.at(-1).id], ["acme", true, "build:base"]);
});

Deno.test("a config with a mistake ends with its own exit code, and nothing on stdout", async () => {
  await using broken = await makeProject();
  await broken.write("unitune.config.ts", CONFIG.replace("region:", "regoin:"));
  const { code, stdout, stderr } = await run(["plan", "--offline", "-c", `${broken.root}/unitune.config.ts`]);
  assert.deepEqual([code, stdout], [EXIT.config, ""]);
  assert.match(stderr, /^error CONFIG_INVALID: .*\n.*\n.*regoin/);
});

Deno.test("a command that would ask names the flag that answers, as nobody is there; --dry-run asks nothing", async () => {
  const { code, stderr } = await run(["destroy", "-c", config], { ports: account() });
  assert.equal(code, EXIT.usage);
  assert.match(stderr, /error NO_TERMINAL: .*\n {2}hint: Add --yes/);
  const dry = await run(["destroy", "--dry-run", "-c", config], { ports: {} });
  assert.equal(dry.code, EXIT.done);
  assert.match(dry.stdout, /^- stack acme-eks$/m);
});

Deno.test("destroy names cluster, region and account, and wants the name typed", async () => {
  const asked: string[] = [];
  const wrong = await run(["destroy", "-c", config], { ports: account(asked), answers: ["yes"] });
  assert.deepEqual([wrong.code, asked], [EXIT.declined, []]);
  assert.match(wrong.stderr, /Destroy cluster acme in us-west-2, account 123456789012\? Type acme to go on:/);
  const typed = await run(["destroy", "-c", config], { ports: account(asked), answers: ["acme"] });
  assert.equal(typed.code, EXIT.done, typed.stderr);
  assert.deepEqual(asked, ["stack acme-eks", "stack acme-vpc"]);
});

Deno.test("destroy of a name that was never deployed says so", async () => {
  const stacks = { outputs: () => Promise.resolve(null), destroy: () => Promise.resolve(false) };
  const { code, stdout } = await run(["destroy", "--yes", "-c", config], { ports: { ...account(), stacks } });
  assert.equal(code, EXIT.done);
  assert.match(stdout, /^Nothing to destroy: acme is not deployed in this account and region\.\n/);
  const deployed = await run(["destroy", "--yes", "-c", config], { ports: account() });
  assert.doesNotMatch(deployed.stdout, /Nothing to destroy/);
});

Deno.test("destroy ends with what was looked for, what is gone and what is kept", async () => {
  const asked: string[] = [];
  const { code, stdout } = await run(["destroy", "--yes", "-c", config], { ports: account(asked) });
  assert.equal(code, EXIT.done);
  assert.deepEqual(asked, ["stack acme-eks", "stack acme-vpc"]);
  assert.match(stdout, /^gone: stack acme-eks$/m);
  assert.match(stdout, /^kept: repository acme\/base \(holds images; --delete-data deletes it\)$/m);
});

Deno.test("what a removal leaves behind is named, and its exit code is AWS's", async () => {
  const ports = account();
  const find = () => Promise.resolve([{ kind: "instance", id: "i-1" } as const]);
  const leftovers = { ...ports.leftovers!, find, remove: () => Promise.resolve(true) };
  const { code, stdout } = await run(["destroy", "--yes", "-c", config], { ports: { ...ports, leftovers } });
  assert.equal(code, EXIT.aws);
  assert.match(stdout, /^LEFT: instances: i-1$/m);
});

Deno.test("an interrupt before anything is done is told as one", async () => {
  const signal = AbortSignal.abort();
  const { code, stdout } = await run(["destroy", "--yes", "-c", config], { ports: account(), signal });
  assert.equal(code, EXIT.interrupted);
  assert.doesNotMatch(stdout, /^LEFT/m);
});

const folder = `${project.root}/images/base`;

Deno.test("deploy obeys the config's rules for names and tags, and names the flag", async () => {
  const long = "a".repeat(300);
  for (
    const [flags, said] of [
      [["--image-name", "tools/app", "--tag", "bad tag!"], /--tag "bad tag!": must/],
      [["--image-name", "tools/app", "--tag", "buildcache"], /--tag "buildcache": must/],
      [["--image-name", "tools/app", "--tag", "src-abc"], /--tag "src-abc": must/],
      [["--image-name", long], /--image-name "a{300}": /],
      [["--image-name", "Tools/App"], /--image-name "Tools\/App": /],
      [["--image-name", "tools/"], /--image-name "tools\/": /],
    ] as const
  ) {
    const asked: string[] = [];
    const { code, stdout, stderr } = await run(["deploy", folder, ...flags, "-c", config], { ports: account(asked) });
    assert.deepEqual([code, stdout, asked], [EXIT.usage, "", []], flags.join(" "));
    assert.match(stderr, /^error USAGE: /);
    assert.match(stderr, said);
  }
});

Deno.test("deploy creates the repository before anything is built; --dry-run prints the Job and asks nobody", async () => {
  const dry = await run(["deploy", folder, "--image-name", "tools/app", "--dry-run", "-c", config], { ports: {} });
  assert.equal(dry.code, EXIT.done, dry.stderr);
  assert.match(dry.stdout, /^kind: Job$/m);
  assert.doesNotMatch(dry.stdout, /--no-cache/);
  const fresh = ["--no-cache", "--pull", "--dry-run"],
    again = ["deploy", folder, "--image-name", "tools/app", ...fresh];
  assert.match(
    (await run([...again, "-c", config], { ports: {} })).stdout,
    /image-resolve-mode=pull[^]*- --no-cache$/m,
  );
  const asked: string[] = [];
  const { code, stderr } = await run(["deploy", folder, "--image-name", "tools/app", "-c", config], {
    ports: account(asked),
  });
  assert.deepEqual(asked, ["repository tools/app"]);
  // Nothing is deployed that could build it.
  assert.equal(code, EXIT.aws);
  assert.match(stderr, /error NOT_DEPLOYED: /);
});

Deno.test("deploy leaves a repository of this cluster alone, and asks for rights where it may not look", async () => {
  const asked: string[] = [];
  const mine = account(asked, { "tools/app": "acme" });
  assert.equal((await run(["deploy", folder, "--image-name", "tools/app", "-c", config], { ports: mine })).code, 4);
  assert.deepEqual(asked, []);
  const ports = account(asked), denied = () => Promise.reject(new UnituneError("AWS_DENIED", "no"));
  const simulate: Ports["permissions"]["simulate"] = (_, needs) =>
    Promise.resolve(
      needs.flatMap(({ action, resources }) =>
        resources.map((resource) => ({ action, resource, decision: "denied" as const }))
      ),
    );
  const caller = { account: "123456789012", partition: "aws", principalArn: "arn:aws:iam::123456789012:role/ci" };
  const { code, stderr } = await run(["deploy", folder, "--image-name", "tools/app", "-c", config], {
    ports: {
      ...ports,
      identity: { caller: () => Promise.resolve(caller) },
      permissions: { simulate },
      owners: { ...ports.owners!, repository: denied },
    },
  });
  assert.deepEqual([code, asked], [EXIT.aws, []]);
  assert.match(stderr, /ecr:CreateRepository on .*repository\/tools\/app/);
});

Deno.test("a folder that does not exist is named", async () => {
  const { code, stderr } = await run(["deploy", "/nowhere", "--image-name", "app", "-c", config], { ports: {} });
  assert.equal(code, EXIT.usage);
  assert.match(stderr, /DIRECTORY_NOT_FOUND: Cannot read folder \/nowhere/);
});

Deno.test("a context is told with its digest, by name and by folder, and the same for both", async () => {
  const named = await run(["context", "base", "--json", "-c", config]);
  const read = await run(["context", folder, "--json"]);
  assert.deepEqual([named.code, read.code], [EXIT.done, EXIT.done]);
  assert.equal(JSON.parse(named.stdout).digest, JSON.parse(read.stdout).digest);
  const unknown = await run(["context", "bse", "-c", config]);
  assert.equal(unknown.code, EXIT.usage);
  assert.match(unknown.stderr, /IMAGE_UNKNOWN: No image "bse" in the config\n.*\n {2}hint: It declares base/);
});

Deno.test("a variable that --env names and nobody set is a usage error", async () => {
  const { code, stderr } = await run(["plan", "--offline", "-c", config, "--env", "NOWHERE"]);
  assert.equal(code, EXIT.usage);
  assert.match(stderr, /error ENV_MISSING/);
  assert.equal(
    (await run(["plan", "--offline", "-c", config, "--env", "HERE"], { env: { HERE: "1" } })).code,
    EXIT.done,
  );
});
