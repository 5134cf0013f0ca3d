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

const program = `${root}dist/unitune`;
const tsc = `${root}node_modules/typescript/bin/tsc`;

Deno.test("init --yes writes a project that is planned unchanged and type-checks with Deno and with TypeScript", async () => {
  const cwd = await folder();
  const ran = await runProgram(["init", "--yes"], { cwd, env: {} });
  assert.equal(ran.code, 0, ran.stderr);
  assert.equal(ran.stdout.split("\n").filter((line) => line.startsWith("wrote  ")).length, 9);
  const planned = await runProgram(["plan", "--offline"], { cwd, env: {} });
  assert.equal(planned.code, 0, planned.stderr);
  assert.match(await Deno.readTextFile(`${cwd}/unitune.config.ts`), /name: "acme-ml",[\s\S]*endpoint: "private"/);
  assert.equal(await ended(Deno.execPath(), ["check", "unitune.config.ts"], cwd), "");
  assert.equal(await ended("node", [tsc, "-p", "."], cwd), "");
  assert.equal(await ended(Deno.execPath(), ["lint", "--quiet"], cwd), "");
  assert.equal(await ended(Deno.execPath(), ["fmt", "--check", "--quiet", "unitune.config.ts", ".unitune"], cwd), "");
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
  const line = '"unitune/config": "./.unitune/unitune.d.ts"';
  assert.deepEqual(JSON.parse(ran.stdout).missing, [{ file: "deno.json", within: '"imports"', line }]);
  await Deno.writeTextFile(`${cwd}/deno.json`, `{ "imports": { ${line} } }`);
  assert.equal(await ended(Deno.execPath(), ["check", "unitune.config.ts"], cwd), "");
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

/** Runs the program in a pseudo-terminal, in which somebody types the lines. */
async function typed(
  words: readonly string[],
  cwd: string,
  lines: readonly string[],
): Promise<{ code: number; said: string }> {
  const command = [program, ...words].map((word) => `'${word}'`).join(" ");
  const args = ["-qec", command, "/dev/null"], env = { AWS_REGION: "eu-west-1" };
  const child = new Deno.Command("script", { args, cwd, env, stdin: "piped", stdout: "piped" }).spawn();
  const said: string[] = [], decoder = new TextDecoder(), writer = child.stdin.getWriter();
  const waiting = [...lines];
  for await (const chunk of child.stdout) {
    said.push(decoder.decode(chunk, { stream: true }));
    // A person reads the question first.
    if (/[?\]] $/.test(said.at(-1)!) && waiting.length > 0) {
      await writer.write(new TextEncoder().encode(waiting.shift()!));
    }
  }
  await writer.close().catch(() => undefined);
  return { code: (await child.status).code, said: said.join("") };
}

Deno.test("in a terminal init explains each wrong answer and asks again, and takes numbers and corrections", async () => {
  const cwd = await folder();
  const answers = [
    "Acme ML",
    "acme-mlx\x7f",
    "us-wset-2",
    "",
    "0.0.0.0/0",
    "private",
    "h10",
    "nonsense\x152, h100",
    "vpc-1",
    "",
  ];
  const { code, said } = await typed(["init", "new/folder"], cwd, answers.map((line) => `${line}\n`));
  assert.equal(code, 0, said);
  for (const explained of [/found "Acme ML"/, /did you mean "us-west-2"/, /"0\.0\.0\.0\/0"/, /did you mean "h100"/]) {
    assert.match(said, explained);
  }
  assert.match(said, /3 {2}l4 +22 GiB; 1, 4 or 8 on a node; a node from \d+\.\d\d USD an hour/);
  assert.match(said, /like vpc-0123456789abcdef0: found "vpc-1"/);
  const config = await Deno.readTextFile(`${cwd}/new/folder/unitune.config.ts`);
  assert.match(config, /name: "acme-ml",\s+region: "eu-west-1",/);
  assert.match(config, /a10g: gpuPool[\s\S]*h100: gpuPool/);
  assert.match(await Deno.readTextFile(`${cwd}/new/folder/train.yaml`), /nodepool: a10g/);
  const planned = await runProgram(["plan", "--offline"], { cwd: `${cwd}/new/folder`, env: {} });
  assert.equal(planned.code, 0, planned.stderr);
  await Deno.remove(cwd, { recursive: true });
});

Deno.test("Ctrl-D and Ctrl-C end the questions of init, and nothing is written", async () => {
  for (const [key, wanted] of [["\x04", 6], ["\x03", 130]] as const) {
    const cwd = await folder(), { code, said } = await typed(["init", "other"], cwd, ["acme\n", key]);
    assert.equal(code, wanted, said);
    assert.deepEqual([...Deno.readDirSync(cwd)], []);
    await Deno.remove(cwd, { recursive: true });
  }
});

Deno.test("types renews the editor types beside the config, wherever in the project it runs", async () => {
  const cwd = await folder();
  assert.equal((await runProgram(["init", "--yes"], { cwd, env: {} })).code, 0);
  const file = `${cwd}/.unitune/unitune.d.ts`, types = await Deno.readTextFile(file);
  await Deno.writeTextFile(file, "// of an older release\n");
  const ran = await runProgram(["types"], { cwd: `${cwd}/images/app`, env: {} });
  assert.deepEqual([ran.code, ran.stdout], [0, "wrote  .unitune/unitune.d.ts\n"]);
  assert.equal(await Deno.readTextFile(file), types);
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
