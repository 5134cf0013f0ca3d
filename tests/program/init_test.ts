/** `unitune init`: what it writes is planned as it is, and completes and type-checks with nothing installed. */
import assert from "node:assert/strict";
import { runProgram } from "../lab/program.ts";

const root = new URL("../../", import.meta.url).pathname;

async function folder(): Promise<string> {
  const made = `${await Deno.makeTempDir({ prefix: "unitune-init-" })}/acme-ml`;
  await Deno.mkdir(made);
  return made;
}

async function ended(command: string, args: readonly string[], cwd: string): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command(command, { args: [...args], cwd }).output();
  const said = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  return code === 0 ? "" : said;
}

const tsc = `${root}node_modules/typescript/bin/tsc`;

Deno.test("init --yes writes a project that is planned unchanged and type-checks with Deno and with TypeScript", async () => {
  const cwd = await folder();
  const ran = await runProgram(["init", "--yes"], { cwd, env: {} });
  assert.equal(ran.code, 0, ran.stderr);
  assert.equal(ran.stdout.split("\n").filter((line) => line.startsWith("wrote  ")).length, 7);
  const planned = await runProgram(["plan", "--offline"], { cwd, env: {} });
  assert.equal(planned.code, 0, planned.stderr);
  assert.match(await Deno.readTextFile(`${cwd}/unitune.config.ts`), /name: "acme-ml",[\s\S]*endpoint: "private"/);
  assert.equal(await ended(Deno.execPath(), ["check", "unitune.config.ts"], cwd), "");
  assert.equal(await ended("node", [tsc, "-p", "."], cwd), "");
  const config = await Deno.readTextFile(`${cwd}/unitune.config.ts`);
  await Deno.writeTextFile(`${cwd}/unitune.config.ts`, config.replace("maxGpus", "maxGpu"));
  assert.match(await ended(Deno.execPath(), ["check", "unitune.config.ts"], cwd), /maxGpu/);
  assert.match(await ended("node", [tsc, "-p", "."], cwd), /maxGpu/);
  await Deno.remove(cwd, { recursive: true });
});

Deno.test("init writes what its flags say, and nothing over what is there", async () => {
  const cwd = await folder();
  await Deno.writeTextFile(`${cwd}/deno.json`, "{}");
  const flags = ["--name", "lab", "--region", "eu-west-1", "--public-from", "203.0.113.0/24", "--gpu", "h100", "l40s"];
  const ran = await runProgram(["init", ...flags, "--json"], { cwd, env: {} });
  assert.equal(ran.code, 0, ran.stderr);
  assert.deepEqual(JSON.parse(ran.stdout).kept, ["deno.json"]);
  assert.equal(await Deno.readTextFile(`${cwd}/deno.json`), "{}");
  const planned = await runProgram(["plan", "--offline", "--json"], { cwd, env: {} });
  assert.equal(planned.code, 0, planned.stderr);
  const { name, region, changes } = JSON.parse(planned.stdout);
  assert.deepEqual([name, region], ["lab", "eu-west-1"]);
  const pools = changes.filter(({ ref }: { ref?: { kind: string } }) => ref?.kind === "NodePool");
  assert.deepEqual(pools.map(({ ref }: { ref: { name: string } }) => ref.name), ["builder", "cpu", "h100", "l40s"]);
  const config = await Deno.readTextFile(`${cwd}/unitune.config.ts`);
  const again = await runProgram(["init", "--yes"], { cwd, env: {} });
  assert.equal(again.code, 0);
  assert.match(again.stdout, /kept {3}unitune\.config\.ts/);
  assert.equal(await Deno.readTextFile(`${cwd}/unitune.config.ts`), config);
  await Deno.remove(cwd, { recursive: true });
});

Deno.test("init writes the form of a VPC that is there, which is planned without a stack of its own", async () => {
  const cwd = await folder(), subnets = ["subnet-0aaaaaaaaaaaaaaa1", "subnet-0aaaaaaaaaaaaaaa2"];
  const flags = ["--yes", "--vpc-id", "vpc-0123456789abcdef0", "--subnet", ...subnets];
  const ran = await runProgram(["init", ...flags], { cwd, env: {} });
  assert.equal(ran.code, 0, ran.stderr);
  assert.equal(await ended(Deno.execPath(), ["check", "unitune.config.ts"], cwd), "");
  const planned = await runProgram(["plan", "--offline", "--json"], { cwd, env: {} });
  assert.equal(planned.code, 0, planned.stderr);
  const { changes } = JSON.parse(planned.stdout);
  const { diffs } = changes.find(({ kind }: { kind: string }) => kind === "stacks");
  assert.deepEqual(diffs.map(({ stack }: { stack: string }) => stack), ["acme-ml-eks"]);
  await Deno.remove(cwd, { recursive: true });
});

Deno.test("init in a region of two zones writes what is planned there", async () => {
  const cwd = await folder();
  assert.equal((await runProgram(["init", "--yes", "--region", "us-west-1"], { cwd, env: {} })).code, 0);
  const planned = await runProgram(["plan", "--offline"], { cwd, env: {} });
  assert.equal(planned.code, 0, planned.stderr);
  await Deno.remove(cwd, { recursive: true });
});

Deno.test("init without a terminal says which flags answer, and writes nothing", async () => {
  const cwd = await folder();
  const ran = await runProgram(["init"], { cwd, env: {} });
  assert.equal(ran.code, 2);
  assert.match(ran.stderr, /--name.*--yes/);
  assert.deepEqual([...Deno.readDirSync(cwd)], []);
  await Deno.remove(cwd, { recursive: true });
});

for (
  const [flags, says] of [
    [["--gpu", "h10"], /h10.*[\s\S]*did you mean "?(h100|a10g)/],
    [["--public-from", "0.0.0.0/0"], /a range must be a public IPv4 range/],
    [["--name", "Acme ML"], /lower-case/],
    [["--region", "west"], /like us-west-2/],
    [["--region", "us-west-9"], /us-west-9, which this release does not know\n {2}at --region/],
    [["--region", "us-wset-2"], /did you mean "us-west-2"/],
    [["--vpc-id", "vpc-0123456789", "--subnet", "subnet-01234567", "subnet-01234568"], /like vpc-0123456789abcdef0/],
    [
      ["--vpc-id", "vpc-01234567", "--subnet", "subnet-01234567", "subnet-01234567"],
      /must be named once: found "subnet-01234567" again\n {2}at --subnet/,
    ],
    [["--vpc-id", "my-vpc"], /like vpc-0123456789abcdef0: found "my-vpc"/],
    [["--vpc-id", "vpc-0123456789abcdef0"], /two private subnets: found 0[\s\S]*Values=vpc-0123456789abcdef0/],
    [["--subnet", "subnet-0123456789abcdef0"], /--subnet needs a VPC[\s\S]*Add --vpc-id/],
  ] as const
) {
  Deno.test(`init ${flags.join(" ")} is refused and writes nothing`, async () => {
    const cwd = await folder();
    const ran = await runProgram(["init", "--yes", ...flags], { cwd, env: {} });
    assert.equal(ran.code, 2);
    assert.match(ran.stderr, says);
    assert.deepEqual([...Deno.readDirSync(cwd)], []);
    await Deno.remove(cwd, { recursive: true });
  });
}
