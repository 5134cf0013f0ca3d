/**
 * The main job, for a person to watch: the lab up, the program compiled, `unitune apply --yes` on the repository's own
 * config, then what one would look at: the image's reference, its digest in the registry, a file read out of it.
 */
import assert from "node:assert/strict";
import { emulatorEnv, readFileFromImage, registryManifest } from "./lab/lab.ts";
import { runProgram } from "./lab/program.ts";

const root = new URL("../", import.meta.url).pathname;
const started = Date.now();

function say(text: string): void {
  console.log(`\n[${Math.round((Date.now() - started) / 1000)} s] ${text}`);
}

async function deno(...args: string[]): Promise<void> {
  const { success } = await new Deno.Command(Deno.execPath(), { args, cwd: root, stdin: "null" }).spawn().status;
  if (!success) throw new Error(`deno ${args.join(" ")} failed`);
}

interface BuildDocument {
  readonly images: Readonly<Record<string, { readonly state: string; readonly ref: string; readonly digest: string }>>;
}

say("The lab: an AWS on this machine, a real Kubernetes, a real BuildKit (`deno task lab:up`)");
await deno("run", "-A", "tests/lab/up.ts");
say("The program (`deno task compile`)");
await deno("run", "-A", ".ci/compile.ts");

const env = emulatorEnv();
say("unitune apply --yes");
const applied = await runProgram(["apply", "--yes"], { cwd: root, env, show: true });
assert.equal(applied.code, 0, "apply failed");

say("unitune build --json: nothing is left to do");
const built = await runProgram(["build", "--json"], { cwd: root, env });
assert.equal(built.code, 0, built.stderr);
const { images }: BuildDocument = JSON.parse(built.stdout);
const { ref, digest, state } = images["trainer"]!;
console.log(`trainer  ${state}  ${ref}`);

const [repository] = ref.split("@") as [string];
const stored = await registryManifest(repository, digest);
console.log(`printed digest   ${digest}\nregistry's digest ${stored?.digest}`);
assert.equal(stored?.digest, digest, "the registry holds another digest than was printed");

const path = "/opt/trainer/greeting.txt";
const content = await readFileFromImage(repository, digest, path);
console.log(`${path} in the image: ${JSON.stringify(content)}`);
assert.equal(content, await Deno.readTextFile(`${root}examples/demo/trainer/greeting.txt`));
say("Done. `deno task lab:env` prints what dist/unitune, aws and kubectl need; `deno task lab:down` ends the lab");
