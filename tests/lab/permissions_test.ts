/** The permissions step of the compiled program, under roles of which the policies are known. Needs no cluster. */
import assert from "node:assert/strict";
import { openProject, type PolicyDocument } from "../../lib/mod.ts";
import { type Emulator, startEmulator } from "./aws/emulator.ts";
import { type Caller, clearRequests, requestsOf, rootClient, signIn } from "./caller.ts";
import { copyProject, runProgram, type RunProgramOptions } from "./program.ts";
import * as iam from "@aws-sdk/client-iam";

const NAME = "asked-first";
let emulator: Emulator;
let project = "";
let whole: readonly PolicyDocument[] = [];

Deno.test.beforeAll(async () => {
  emulator = await startEmulator({ account: "310000000002", port: 4642 });
  project = await copyProject(NAME);
  await using opened = await openProject({ cwd: project });
  whole = (await opened.policies()).apply;
});

Deno.test.afterAll(async () => {
  await emulator.stop();
  await Deno.remove(project, { recursive: true });
});

function unitune(caller: Pick<Caller, "env">, args: readonly string[], more: Partial<RunProgramOptions> = {}) {
  return runProgram(args, { cwd: project, env: caller.env, ...more });
}

/** The policies without these actions. */
function without(...actions: readonly string[]): PolicyDocument[] {
  return whole.map((document) => ({
    ...document,
    Statement: document.Statement.map((statement) => {
      return { ...statement, Action: statement.Action.filter((action) => !actions.includes(action)) };
    }).filter(({ Action }) => Action.length > 0),
  }));
}

/** What changes anything in AWS, but for the lock of the run, which is taken before everything else. */
async function changesMade(): Promise<string[]> {
  const changing = /^(Create|Put|Delete|Execute|Update|Associate|Attach|Upload|Run|Terminate|Tag)/;
  return (await requestsOf(emulator)).filter(({ path }) => !path.includes("/unitune/locks/"))
    .map(({ service, action }) => `${service}:${action}`)
    .filter((call) => changing.test(call.split(":")[1]!));
}

/** The policy in the lines of an error: what a person would paste. */
function pasted(lines: readonly string[]): PolicyDocument {
  return JSON.parse(lines.slice(lines.indexOf("{")).join("\n"));
}

Deno.test("apply names both actions that are denied at once, with the policy, and has made nothing", async () => {
  const caller = await signIn(emulator, "all-but-two", without("ecr:PutImage", "eks:CreateAccessEntry"));
  await clearRequests(emulator);
  const ran = await unitune(caller, ["apply", "--yes"]);
  assert.equal(ran.code, 4, ran.stderr);
  assert.match(
    ran.stderr,
    /error PERMISSIONS_MISSING: Cannot apply asked-first as 2 of \d+ AWS permissions are denied/,
  );
  assert.match(
    ran.stderr,
    /eks:CreateAccessEntry on arn:aws:eks:us-west-2:310000000002:cluster\/asked-first \(access\)/,
  );
  assert.match(ran.stderr, /ecr:PutImage on arn:aws:ecr:us-west-2:310000000002:repository\/asked-first\/\* \(images\)/);
  assert.match(ran.stderr, /hint: Attach this policy/);
  assert.deepEqual(await changesMade(), []);

  const json = await unitune(caller, ["apply", "--yes", "--json"]);
  assert.equal(json.code, 4, json.stderr);
  const { steps } = JSON.parse(json.stdout);
  assert.equal(steps[0].id, "permissions");
  assert.equal(steps[0].error.code, "PERMISSIONS_MISSING");
  assert.ok(steps.slice(1).every(({ state }: { state: string }) => state === "skipped"));
  const policy = pasted(steps[0].error.lines);
  assert.deepEqual(policy.Statement.flatMap(({ Action }) => Action).sort(), ["ecr:PutImage", "eks:CreateAccessEntry"]);
  assert.deepEqual(await changesMade(), []);

  await caller.allow(policy);
  const further = await unitune(caller, ["apply", "--yes"], { interruptAt: /^bootstrap: done/m });
  assert.equal(further.code, 130, further.stderr);
  assert.match(further.stderr, /^permissions: done in .+, \d+ AWS permissions$/m);
  assert.ok((await changesMade()).includes("cloudformation:CreateChangeSet"));
});

Deno.test("build and destroy ask first, too", async () => {
  const policies = await openProject({ cwd: project }).then(async (opened) => {
    await using project = opened;
    return await project.policies();
  });
  const caller = await signIn(emulator, "reader", policies.plan);
  await caller.allow({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: ["iam:SimulatePrincipalPolicy"], Resource: [caller.roleArn] }],
  });
  await clearRequests(emulator);
  const build = await unitune(caller, ["build"]);
  assert.equal(build.code, 4, build.stderr);
  assert.match(build.stderr, /Cannot build asked-first as \d+ of/);
  assert.match(
    build.stderr,
    /s3:PutObject on arn:aws:s3:::asked-first-eks-buildscontexts[0-9a-f]+-\*\/\* \(contexts\)/,
  );
  const destroy = await unitune(caller, ["destroy", "--yes", "--delete-data"]);
  assert.equal(destroy.code, 4, destroy.stderr);
  assert.match(destroy.stderr, /Cannot destroy asked-first as \d+ of/);
  assert.match(destroy.stderr, /ecr:DeleteRepository/);
  const deploy = await unitune(caller, ["deploy", "examples/demo/base", "--image-name", `${NAME}/extra`]);
  assert.equal(deploy.code, 4, deploy.stderr);
  assert.match(deploy.stderr, /ecr:CreateRepository/);
  assert.match(deploy.stderr, /ecr:PutImage/);
  assert.deepEqual(await changesMade(), []);
});

Deno.test("who may not ask IAM is told so, and goes on; so is the account's root", async () => {
  const caller = await signIn(emulator, "may-not-ask", without("iam:SimulatePrincipalPolicy"));
  const ran = await unitune(caller, ["apply", "--yes"], { interruptAt: /^permissions: done/m });
  assert.match(ran.stderr, /warning: permissions: not checked: .*iam:SimulatePrincipalPolicy/);
  assert.match(ran.stderr, /^permissions: done in .+, not checked$/m);
  const { AWS_SESSION_TOKEN: _, ...env } = caller.env;
  const root = { env: { ...env, AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test" } };
  const asRoot = await unitune(root, ["apply", "--yes"], { interruptAt: /^permissions: done/m });
  assert.match(asRoot.stderr, /not checked: .*310000000002:root.* whom no policy limits/);
});

Deno.test("a condition that only the call answers is no denial; an explicit denial is one", async () => {
  const asked = new iam.IAMClient(rootClient(emulator));
  const conditional = (Effect: "Allow" | "Deny", Condition: object) =>
    JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect, Action: "ecr:PutImage", Resource: "*", Condition }],
    });
  const caller = await signIn(emulator, "with-conditions", without("ecr:PutImage"));
  const put = (PolicyDocument: string) => {
    return asked.send(
      new iam.PutRolePolicyCommand({ RoleName: "with-conditions", PolicyName: "more", PolicyDocument }),
    );
  };
  await put(conditional("Allow", { Bool: { "aws:MultiFactorAuthPresent": "true" } }));
  const unsure = await unitune(caller, ["apply", "--yes"], { interruptAt: /^permissions: done/m });
  assert.match(unsure.stderr, /uncertain until the calls are made, as a policy has conditions: .*ecr:PutImage/);
  await caller.allow({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: ["ecr:PutImage"], Resource: ["*"] }],
  });
  await put(conditional("Deny", {}));
  const denied = await unitune(caller, ["apply", "--yes"]);
  assert.equal(denied.code, 4, denied.stderr);
  assert.match(denied.stderr, /Cannot apply asked-first as 1 of \d+ AWS permissions/);
});
