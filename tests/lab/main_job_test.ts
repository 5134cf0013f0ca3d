/**
 * The main job through the compiled program, in the order of a user's day: from nothing to images, the same again,
 * changes, a failure, an interrupt, and everything removed. Tests of this file build on each other, in order.
 * Who runs it is a role that has the policies of `unitune synth` and nothing else, and is held to them in every call;
 * what it calls is recorded, and compared with `infra/permissions.json` at the end.
 */
import assert from "node:assert/strict";
import { openProject } from "../../lib/mod.ts";
import { PERMISSIONS } from "../../lib/permissions/table.ts";
import { type Emulator } from "./aws/emulator.ts";
import { type Caller, clearRequests, recording, requestsOf, signIn } from "./caller.ts";
import { kubectl, labReady, readFileFromImage, registryManifest, startEmulator, tryKubectl } from "./lab.ts";
import { region, run as paths } from "./layout.ts";
import { type OurObject, owned, stateOf } from "./foreign_objects.ts";
import { leaveBehind, leaveUpload, leftInCluster } from "./leavings.ts";
import { type Call, complaints } from "./permissions.ts";
import { attempt, run } from "./shell.ts";
import { copyProject, runProgram, type RunProgramOptions } from "./program.ts";

const NAME = "main-job";
const ACCOUNT = "310000000001";
const PORT = 4641;

let emulator: Emulator;
let project = "";
let caller: Caller;
/** Every call of every command. */
const calls: Call[] = [];

interface ImageDocument {
  readonly state: string;
  readonly ref: string | null;
  readonly digest: string | null;
  readonly job: string | null;
  readonly because: string;
  readonly context: { readonly uploadedBytes: number };
}

async function unitune(args: readonly string[], more: Partial<RunProgramOptions> = {}) {
  const run = () => runProgram(args, { cwd: project, env: caller.env, ...more });
  // As permissions.json counts it.
  const command = args[0] === "configure" ? "apply" : args[0]!;
  const ran = await recording(command, emulator, caller, run);
  calls.push(...ran.calls);
  return ran.result;
}

async function build(...args: string[]): Promise<Record<string, ImageDocument>> {
  const ran = await unitune(["build", "--json", ...args]);
  assert.equal(ran.code, 0, ran.stderr);
  return JSON.parse(ran.stdout).images;
}

async function jobs(): Promise<string[]> {
  return (await kubectl(["get", "jobs", "-n", "unitune-build", "-o", "name"])).split("\n").filter(Boolean).sort();
}

async function edit(file: string, change: (text: string) => string): Promise<void> {
  await Deno.writeTextFile(`${project}/${file}`, change(await Deno.readTextFile(`${project}/${file}`)));
}

Deno.test.beforeAll(async () => {
  await labReady();
  emulator = await startEmulator({ account: ACCOUNT, port: PORT });
  project = await copyProject(NAME);
  await using opened = await openProject({ cwd: project });
  const { cloudformation: _, bootstrap: __, ...policies } = await opened.policies();
  caller = await signIn(emulator, "deployer", Object.values(policies).flat());
});

Deno.test.afterAll(async () => {
  await emulator.stop();
  await Deno.remove(project, { recursive: true });
});

Deno.test("apply makes the platform and both images, and the registry holds what was printed", async () => {
  const ran = await unitune(["apply", "--yes"]);
  assert.equal(ran.code, 0, ran.stderr);
  const images = await build();
  for (const name of ["base", "trainer"]) {
    const { ref, digest } = images[name]!;
    const [repository] = ref!.split("@");
    assert.ok(ran.stdout.includes(ref!), `apply printed ${ref}`);
    assert.equal((await registryManifest(repository!, digest!))?.digest, digest);
  }
  const alias = ["get", "ec2nodeclass", "builder", "-o", "jsonpath={.spec.amiSelectorTerms[0].alias}"];
  assert.match(await kubectl(alias), /^al2023@v\d{8}$/);
  const hostUsers = ["get", "jobs", "-n", "unitune-build", "-o", "jsonpath={.items[*].spec.template.spec.hostUsers}"];
  assert.equal(await kubectl(hostUsers), "false false", "both were built in a user namespace");
  const [repository, digest] = images["trainer"]!.ref!.split("@");
  const greeting = await Deno.readTextFile(`${project}/examples/demo/trainer/greeting.txt`);
  assert.equal(await readFileFromImage(repository!, digest!, "/opt/trainer/greeting.txt"), greeting);
});

Deno.test("kubectl enters the cluster by unitune's own entry, as the caller, and by no other way", async () => {
  const KUBECONFIG = `${project}/kubeconfig`, env = { ...caller.env, KUBECONFIG };
  const written = await runProgram(["kubeconfig"], { cwd: project, env });
  assert.equal(written.code, 0, written.stderr);
  assert.equal(written.stdout, `wrote context ${NAME}.${region}.${ACCOUNT} to ${KUBECONFIG}\n`);
  const pools = await run(`${paths.bin}/kubectl`, ["get", "nodepools", "-o", "name"], { env });
  assert.deepEqual(
    pools.trim().split("\n").toSorted(),
    ["builder", "cpu", "tune"].map((name) => `nodepool.karpenter.sh/${name}`),
  );
  const me = JSON.parse(await run(`${paths.bin}/kubectl`, ["auth", "whoami", "-o", "json"], { env }));
  assert.match(JSON.stringify(me.status.userInfo), /deployer/);
  const nobody = { ...env, AWS_ACCESS_KEY_ID: "", AWS_SECRET_ACCESS_KEY: "", AWS_SESSION_TOKEN: "" };
  const refused = await attempt(`${paths.bin}/kubectl`, ["get", "nodepools"], { env: nobody });
  assert.notEqual(refused.code, 0);
  assert.match(refused.stderr, /AWS_CREDENTIALS/);
});

Deno.test("status shows pools, nodes and images, and logs still has the log of a build whose Job is kept", async () => {
  const at = { cwd: project, env: caller.env }, ran = await runProgram(["status", "--json"], at);
  assert.equal(ran.code, 0, ran.stderr);
  const { stacks, inside, images } = JSON.parse(ran.stdout);
  assert.deepEqual(stacks.map(({ status }: { status: string }) => status), ["CREATE_COMPLETE", "CREATE_COMPLETE"]);
  assert.deepEqual([inside.unread, inside.karpenter], [null, null]);
  const pools = inside.pools.map(({ pool, ready }: { pool: string; ready: boolean }) => `${pool} ${ready}`);
  assert.deepEqual(pools, ["builder true", "cpu true", "tune true", "system null"]);
  assert.deepEqual(images.map(({ digest }: { digest: string }) => digest.slice(0, 7)), ["sha256:", "sha256:"]);
  const told = await runProgram(["status"], at);
  assert.match(told.stdout, /^About [0-9.]+ USD an hour for control plane and nodes/m);
  const logs = await runProgram(["logs", "base"], at);
  assert.equal(logs.code, 0, logs.stderr);
  assert.match(logs.stdout, /Dockerfile/);
});

Deno.test("a saved plan is applied without a question, and refused when the config has moved since", async () => {
  const file = `${project}/plan.json`, planned = await unitune(["plan", "--out", file, "--detailed-exitcode"]);
  assert.equal(planned.code, 0, planned.stderr);
  const applied = await unitune(["apply", file]);
  assert.equal(applied.code, 0, applied.stderr);
  assert.match(applied.stdout, /Nothing changed/);
  await edit("unitune.config.ts", (text) => text.replace("maxCpus: 64", "maxCpus: 65"));
  const stale = await unitune(["apply", file]);
  await edit("unitune.config.ts", (text) => text.replace("maxCpus: 65", "maxCpus: 64"));
  assert.equal(stale.code, 1, stale.stderr);
  assert.match(stale.stderr, /error PLAN_STALE: [^]*the config has changed\n[^]*nodepool:cpu: update instead of none/);
});

Deno.test("doctor examines the account with the caller's own rights, and finds what a person may have to raise", async () => {
  const ran = await runProgram(["doctor", "--json"], { cwd: project, env: caller.env });
  assert.equal(ran.code, 0, ran.stdout + ran.stderr);
  const { checks, findings } = JSON.parse(ran.stdout);
  assert.ok(checks >= 18);
  assert.deepEqual(findings.filter(({ severity }: { severity: string }) => severity === "error"), []);
});

Deno.test("a second build reuses both images: no Job is made and nothing is uploaded", async () => {
  const before = await jobs();
  await clearRequests(emulator);
  const images = await build();
  assert.deepEqual(Object.values(images).map(({ state }) => state), ["reused", "reused"]);
  assert.deepEqual(Object.values(images).map(({ context }) => context.uploadedBytes), [0, 0]);
  assert.deepEqual(await jobs(), before);
  // Whose the bucket is, is looked at each time.
  const writes = (await requestsOf(emulator)).filter(({ service, action }) =>
    service === "s3" && action !== "GetBucketTagging" || /^(Put|Create|Upload)/.test(action)
  );
  assert.deepEqual(writes, []);
});

Deno.test("a second apply changes nothing and says so", async () => {
  const manifest = () => kubectl(["get", "nodepools,ec2nodeclasses", "-o", "jsonpath={.items[*].metadata.generation}"]);
  const before = await manifest();
  await clearRequests(emulator);
  const ran = await unitune(["apply", "--yes"]);
  assert.equal(ran.code, 0, ran.stderr);
  assert.match(ran.stdout, /Nothing changed/);
  assert.equal(await manifest(), before);
  const executed = (await requestsOf(emulator)).filter(({ action }) =>
    /^(ExecuteChangeSet|UpdateStack|CreateStack|PutImage|CreateAccessEntry)$/.test(action)
  );
  assert.deepEqual(executed, []);
  const asked = (await requestsOf(emulator)).filter(({ action }) => action === "SimulatePrincipalPolicy");
  assert.deepEqual(asked, [], "nothing is asked of IAM when nothing changes");
  const ofStacks = (await requestsOf(emulator)).filter(({ service }) => service === "cloudformation");
  // Two of the three for each stack are the CDK toolkit's.
  assert.ok(ofStacks.length <= 6, `three calls a stack: ${ofStacks.map(({ action }) => action)}`);
});

Deno.test("objects of our names that somebody else owns are refused by every command that would use them, unchanged", async () => {
  const account = "unitune-build/unitune-builder", plan = ["plan"], apply = ["apply", "--yes"];
  const build = ["build", "--force"], deploy = ["deploy", "examples/demo/base", "--image-name", `${NAME}/theirs`];
  const commands = new Map<OurObject, (readonly string[])[]>([
    [{ at: ["namespace", "unitune-build"], said: "Namespace unitune-build" }, [
      plan,
      apply,
      ["configure", "--yes"],
      build,
      deploy,
      ["destroy", "--yes"],
    ]],
    [{ at: ["serviceaccount", "unitune-builder", "-n", "unitune-build"], said: `ServiceAccount ${account}` }, [
      plan,
      build,
    ]],
    [{ at: ["nodepool", "cpu"], said: "NodePool cpu" }, [plan]],
    [{ at: ["ec2nodeclass", "cpu"], said: "EC2NodeClass cpu" }, [apply]],
  ]);
  const all = [...commands.keys()];
  for (const [object, refused] of commands) {
    await owned(object, async () => {
      const before = [...await stateOf(all), ...await jobs()];
      for (const args of refused) {
        const ran = await unitune(args), told = `${args.join(" ")}: ${ran.stderr}`;
        assert.equal(ran.code, 5, told);
        assert.match(ran.stderr, new RegExp(`KUBE_NOT_OURS: [^]*${object.said} as unitune did not create`), told);
        assert.deepEqual([...await stateOf(all), ...await jobs()], before, `${args.join(" ")} changes nothing`);
      }
    });
  }
});

Deno.test("a change of the stacks is planned by a change set, and leaves none", async () => {
  const config = await Deno.readTextFile(`${project}/unitune.config.ts`);
  await edit("unitune.config.ts", (text) => text.replace("cluster: {", "tags: { planned: 'only' },\n  cluster: {"));
  const plan = await unitune(["plan", "--json"]);
  await Deno.writeTextFile(`${project}/unitune.config.ts`, config);
  assert.equal(plan.code, 0, plan.stderr);
  assert.equal(JSON.parse(plan.stdout).changed, true);
});

Deno.test("a file changed in the base image's context builds both, in order", async () => {
  await edit("examples/demo/base/banner.txt", (text) => `${text}changed\n`);
  const ran = await unitune(["build", "--json"]);
  assert.equal(ran.code, 0, ran.stderr);
  const images: Record<string, ImageDocument> = JSON.parse(ran.stdout).images;
  assert.deepEqual(Object.entries(images).map(([name, { state }]) => [name, state]), [["base", "built"], [
    "trainer",
    "built",
  ]]);
  const events = ran.stderr.split("\n").filter(Boolean).map((line) => JSON.parse(line));
  const order = events.filter(({ type }) => type === "start" || type === "end").map(({ type, id }) => `${type} ${id}`);
  assert.deepEqual(order.splice(0, 2), ["start permissions", "end permissions"]);
  assert.deepEqual(order, ["start build:base", "end build:base", "start build:trainer", "end build:trainer"]);
});

Deno.test("a file changed in the second image's context builds only that one", async () => {
  await edit("examples/demo/trainer/greeting.txt", (text) => `${text}again\n`);
  const images = await build();
  assert.deepEqual([images["base"]!.state, images["trainer"]!.state], ["reused", "built"]);
  const [repository, digest] = images["trainer"]!.ref!.split("@");
  assert.match(await readFileFromImage(repository!, digest!, "/opt/trainer/greeting.txt") ?? "", /again\n$/);
});

Deno.test("a Dockerfile that fails ends with 5, its step, its output and its Job; mended, it builds at once", async () => {
  const dockerfile = "examples/demo/trainer/Dockerfile";
  const good = await Deno.readTextFile(`${project}/${dockerfile}`);
  await edit(dockerfile, (text) => `${text}\nRUN echo this-cannot-work && false\n`);
  const failed = await unitune(["build"]);
  assert.equal(failed.code, 5, failed.stderr);
  assert.match(failed.stderr, /BUILD_FAILED/);
  assert.match(failed.stderr, /RUN echo this-cannot-work && false/);
  assert.match(failed.stderr, /^ {2}.*this-cannot-work$/m);
  assert.match(failed.stderr, /Job trainer-amd64-[0-9a-f]{12}/);
  await Deno.writeTextFile(`${project}/${dockerfile}`, `${good}\nRUN echo mended > /opt/trainer/mended\n`);
  const images = await build();
  assert.equal(images["trainer"]!.state, "built");
});

Deno.test("a named folder is in the image, by its own ignore file, and so is a file of a named image; an edit of it builds again", async () => {
  const config = await Deno.readTextFile(`${project}/unitune.config.ts`);
  const dockerfile = await Deno.readTextFile(`${project}/examples/demo/trainer/Dockerfile`);
  await Deno.mkdir(`${project}/shared/lib`, { recursive: true });
  await Deno.writeTextFile(`${project}/shared/lib/used.py`, "one\n");
  await Deno.writeTextFile(`${project}/shared/left.log`, "left out\n");
  await Deno.writeTextFile(`${project}/shared/.dockerignore`, "*.log\n");
  const vendor = "docker-image://docker.io/library/busybox:1.35";
  const contexts = `contexts: { "acme/shared:v1": "./shared", vendor: "${vendor}" }`;
  await edit("unitune.config.ts", (text) => text.replace("needs: { base }", `needs: { base }, ${contexts}`));
  await edit("examples/demo/trainer/Dockerfile", (text) => {
    return `${text}\nCOPY --from=acme/shared:v1 / /opt/shared\nCOPY --from=vendor /bin/busybox /opt/vendor\n`;
  });
  const { trainer } = await build("trainer"), [repository, digest] = trainer!.ref!.split("@");
  const read = (path: string) => readFileFromImage(repository!, digest!, path);
  assert.equal(await read("/opt/shared/lib/used.py"), "one\n");
  assert.equal(await read("/opt/shared/left.log"), undefined);
  assert.ok(await read("/opt/vendor"));
  const shown = await runProgram(["context", "trainer", "--json"], { cwd: project, env: caller.env });
  const named = JSON.parse(shown.stdout).contexts;
  assert.deepEqual(named.vendor, { image: vendor.replace("docker-image://", "") });
  assert.ok(named["acme/shared:v1"].files.some(({ path }: { path: string }) => path === "lib/used.py"));
  await edit("shared/left.log", () => "changed\n");
  assert.equal((await build("trainer"))["trainer"]!.state, "reused", "an ignored file changes nothing");
  await edit("shared/lib/used.py", () => "two\n");
  const again = (await build("trainer"))["trainer"]!;
  assert.equal(await readFileFromImage(repository!, again.digest!, "/opt/shared/lib/used.py"), "two\n");
  await Deno.writeTextFile(`${project}/unitune.config.ts`, config);
  await Deno.writeTextFile(`${project}/examples/demo/trainer/Dockerfile`, dockerfile);
});

Deno.test("Ctrl-C in the middle of a build leaves its Job, and the next build adopts it: one image comes out", async () => {
  await edit("examples/demo/trainer/Dockerfile", (text) => `${text}\nRUN echo slow-step && sleep 15\n`);
  const cut = await unitune(["build"], { interruptAt: /slow-step/ });
  assert.equal(cut.code, 130, cut.stderr);
  const running = await jobs();
  const images = await build();
  assert.equal(images["trainer"]!.state, "built");
  assert.match(images["trainer"]!.because, /adopted/);
  assert.deepEqual(await jobs(), running, "no further Job");
});

Deno.test("a Job that is only started is named, and a quiet build adopts it; one is deleted on Ctrl-C where that is asked for", async () => {
  await edit("examples/demo/trainer/Dockerfile", (text) => `${text}\nRUN echo started-only && sleep 5\n`);
  const { base, trainer } = await build("--no-wait");
  assert.equal(base!.state, "reused");
  assert.deepEqual([trainer!.state, trainer!.digest], ["skipped", null]);
  assert.ok((await jobs()).includes(`job.batch/${trainer!.job}`));
  const followed = await unitune(["build", "--quiet"]);
  assert.equal(followed.code, 0, followed.stderr);
  assert.match(followed.stdout, /^trainer {2}built {2}\S+@sha256:[0-9a-f]{64}$/m);
  assert.equal(followed.stderr, "");
  await edit("examples/demo/trainer/Dockerfile", (text) => text.replace("sleep 5", "sleep 50"));
  const cut = await unitune(["build", "--cancel-on-interrupt"], { interruptAt: /started-only/ });
  assert.equal(cut.code, 130, cut.stderr);
  const [, deleted] = /Job (\S+) was deleted, as the run that created it was interrupted/.exec(cut.stderr) ?? [];
  assert.ok(deleted?.startsWith("trainer-amd64-"), cut.stderr);
  assert.doesNotMatch(cut.stderr, /goes on/);
  const { stdout } = await tryKubectl([
    "get",
    "job",
    deleted!,
    "-n",
    "unitune-build",
    "-o",
    "jsonpath={.metadata.deletionTimestamp}",
  ]);
  assert.ok(!(await jobs()).includes(`job.batch/${deleted}`) || stdout !== "", "it is gone, or going");
  await edit("examples/demo/trainer/Dockerfile", (text) => text.replace("sleep 50", "sleep 5"));
});

Deno.test("a folder that no config declares is built into a repository of its own, made once", async () => {
  const deploy = ["deploy", "examples/demo/base", "--image-name", `${NAME}/extra`, "--tag", "latest", "--json"];
  const states: string[] = [];
  await edit("examples/demo/base/banner.txt", (text) => `${text}not uploaded yet\n`);
  for (let run = 0; run < 2; run++) {
    const ran = await unitune(deploy);
    assert.equal(ran.code, 0, ran.stderr);
    states.push(JSON.parse(ran.stdout).images.extra.state);
  }
  assert.deepEqual(states, ["built", "reused"]);
});

Deno.test("destroy --delete-data removes all that apply made but the shared bootstrap, and lists what it looked for", async () => {
  await leaveUpload(emulator, NAME);
  const ran = await unitune(["destroy", "--yes", "--delete-data"]);
  assert.equal(ran.code, 0, ran.stderr);
  assert.match(ran.stdout, /gone: stack main-job-eks/);
  assert.match(ran.stdout, /kept: stack CDKToolkit/);
  const left = await unitune(["plan", "--json"]);
  assert.equal(left.code, 0, left.stderr);
  const { changes } = JSON.parse(left.stdout);
  const still = changes.filter(({ kind, action }: { kind: string; action: string }) =>
    action !== "create" && action !== "build" && kind !== "bootstrap" && kind !== "ready"
  );
  assert.deepEqual(still, [], "a plan finds nothing deployed");
  assert.deepEqual(await leftInCluster(), []);
});

Deno.test("another destroy ends what was left behind of this cluster, and nothing of another's", async () => {
  await leaveBehind(emulator, NAME);
  await leaveBehind(emulator, "another");
  const ran = await unitune(["destroy", "--yes"]);
  assert.equal(ran.code, 0, ran.stderr);
  const swept = /^leftovers: done in [^,]+, (.+)$/m.exec(ran.stderr)?.[1]
    ?.replace(/\b(i|lt|eni|sg)-[0-9a-f]+/g, "<id>").replace(/arn:\S+\/left-by-[^,]+/g, "<arn>");
  assert.equal(
    swept,
    `instance <id>, launch template <id>, instance profile left-by-${NAME}, network interface <id>, ` +
      `placement group left-by-${NAME}, load balancer <arn>, security group <id>, log group /aws/eks/${NAME}/cluster`,
  );
  const [, disk, ...more] = /^kept: disk (vol-[0-9a-f]+) \(holds a claim's data; --delete-data deletes it\)$/m.exec(
    ran.stdout,
  )!;
  assert.deepEqual(more, []);
  const data = await unitune(["destroy", "--yes", "--delete-data"]);
  assert.equal(data.code, 0, data.stderr);
  assert.match(data.stderr, new RegExp(`^disks: done in [^,]+, disk ${disk}$`, "m"));
  assert.doesNotMatch(ran.stdout, /^LEFT/m);
});

Deno.test("every call of the caller has its entry in permissions.json, every entry its call or its reason", () => {
  assert.deepEqual(complaints(PERMISSIONS, calls), []);
});
