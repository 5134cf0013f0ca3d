/** The stack adapter against CloudFormation of an emulator of its own: what is deployed is asked by the AWS SDK. */
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import * as cfn from "@aws-sdk/client-cloudformation";
import { DescribeRepositoriesCommand, ECRClient } from "@aws-sdk/client-ecr";
import { ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { Stack, Stage } from "aws-cdk-lib/core";
import { Queue } from "aws-cdk-lib/aws-sqs";
import { clients } from "../../lib/adapters/aws/clients.ts";
import { stacks } from "../../lib/adapters/aws/stacks.ts";
import { EXIT, isUnituneError, type UnituneError } from "../../lib/core/errors.ts";
import type { EventBody } from "../../lib/core/events.ts";
import type { StackPort } from "../../lib/core/ports.ts";
import { executionPolicies } from "../../lib/permissions/execution.ts";
import { smallest } from "../infra/config.ts";
import { type Emulator, startEmulator } from "./aws/emulator.ts";
import { askLab } from "./aws/raw.ts";

const account = "210000000041";
const port = 4641;
const region = "us-west-2";
const ENVIRONMENT = {
  AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
  AWS_ACCESS_KEY_ID: "test",
  AWS_SECRET_ACCESS_KEY: "test",
  AWS_EC2_METADATA_DISABLED: "true",
};
const NEVER = new AbortController().signal;

interface Resource {
  Type: string;
  Properties?: Record<string, unknown>;
  DeletionPolicy?: string;
  CreationPolicy?: unknown;
}
interface Template {
  Resources: Record<string, Resource>;
  Outputs?: Record<string, { Value: unknown }>;
}

let emulator: Emulator;
let folder: string;
let faults: string;
let adapter: StackPort;
let cloudFormation: cfn.CloudFormationClient;
let events: EventBody[];
const emit = (event: EventBody) => void events.push(event);
const TASK = { id: "stacks", emit, signal: NEVER };

before(async () => {
  folder = await Deno.makeTempDir();
  faults = `${folder}/faults.json`;
  await fail([]);
  emulator = await startEmulator({ account, port, faultsFile: faults });
  for (const [name, value] of Object.entries(ENVIRONMENT)) Deno.env.set(name, value);
  cloudFormation = new cfn.CloudFormationClient({ region });
  adapter = stacks(clients({ region }), { cdkHome: `${folder}/cdk`, pollMs: 50 });
});

after(async () => {
  await emulator?.stop();
  for (const name of Object.keys(ENVIRONMENT)) Deno.env.delete(name);
  await Deno.remove(folder, { recursive: true });
});

beforeEach(() => {
  events = [];
});

async function fail(list: { resource: string; reason: string; times: number }[]): Promise<void> {
  await Deno.writeTextFile(faults, JSON.stringify(list));
}

function template(resources: Record<string, string>, outputs: Template["Outputs"] = {}): Template {
  const Resources = Object.entries(resources).map(([id, name]) => {
    return [id, { Type: "AWS::SQS::Queue", Properties: { QueueName: name } }] as const;
  });
  return { Resources: Object.fromEntries(Resources), Outputs: outputs };
}

/** An assembly as CDK writes it; each stack comes after the one before. */
async function assembly(stacks: Record<string, Template>): Promise<string> {
  const out = await Deno.makeTempDir({ dir: folder });
  const artifacts: Record<string, unknown> = {};
  let previous: string | undefined;
  for (const [name, body] of Object.entries(stacks)) {
    await Deno.writeTextFile(`${out}/${name}.template.json`, JSON.stringify(body));
    artifacts[name] = {
      type: "aws:cloudformation:stack",
      environment: `aws://unknown-account/${region}`,
      properties: { stackName: name, templateFile: `${name}.template.json` },
      dependencies: previous ? [previous] : [],
    };
    previous = name;
  }
  await Deno.writeTextFile(`${out}/manifest.json`, JSON.stringify({ version: "36.0.0", artifacts }));
  return out;
}

async function statusOf(stack: string): Promise<string | undefined> {
  try {
    const { Stacks } = await cloudFormation.send(new cfn.DescribeStacksCommand({ StackName: stack }));
    return Stacks?.[0]?.StackStatus;
  } catch {
    return undefined;
  }
}

async function sendSignal(stack: string): Promise<void> {
  const signal = { StackName: stack, LogicalResourceId: "Signal", UniqueId: "1", Status: "SUCCESS" } as const;
  await cloudFormation.send(new cfn.SignalResourceCommand(signal));
}

async function failureOf(work: Promise<unknown>): Promise<UnituneError> {
  const error = await work.then(() => assert.fail("it went well"), (error) => error);
  assert.ok(isUnituneError(error), String(error));
  return error;
}

describe("stacks", () => {
  it("says whether the environment is bootstrapped, and bootstraps it once", async () => {
    assert.equal(await adapter.bootstrapped(), false);
    assert.equal(await adapter.attachedPolicies(account), null);
    const policies = executionPolicies({ ...smallest(), region, account });
    await adapter.bootstrap({ ...TASK, id: "bootstrap" }, policies);
    assert.equal(await adapter.bootstrapped(), true);
    const attached = policies.map(({ name }) => `arn:aws:iam::${account}:policy/unitune/${name}`);
    assert.deepEqual(await adapter.attachedPolicies(account), attached, "and no AdministratorAccess");
    await adapter.bootstrap({ ...TASK, id: "bootstrap" }, [{ name: "another", document: "{}" }]);
    assert.deepEqual(await adapter.attachedPolicies(account), attached, "an existing role keeps its policies");
    assert.ok(events.some((event) => event.type === "resource" && event.id === "bootstrap"));
    assert.deepEqual(events.filter(({ type }) => type === "warning"), []);
  });

  it("lets two runs bootstrap the same region at the same time", async () => {
    const [one, other] = [1, 2].map((at) => {
      return stacks(clients({ region: "eu-west-1" }), { cdkHome: `${folder}/cdk-${at}`, pollMs: 50 });
    });
    await Promise.all([one!.bootstrap(TASK, []), other!.bootstrap(TASK, [])]);
    assert.equal(await one!.bootstrapped(), true);
  });

  it("plans a stack that is not there from its template and makes nothing", async () => {
    const diffs = await adapter.diff(await assembly({ "t1-vpc": template({ Queue: "t1" }) }), TASK);
    const changes = [{ logicalId: "Queue", resourceType: "AWS::SQS::Queue", action: "add" }];
    assert.deepEqual(diffs, [{ stack: "t1-vpc", exists: false, changes }]);
    assert.equal(await statusOf("t1-vpc"), undefined);
    assert.equal(await adapter.outputs("t1-vpc"), null);
  });

  it("deploys stacks in their order and gives their outputs; a second time nothing changes", async () => {
    const out = await assembly({
      "t2-vpc": template({ Queue: "t2-a" }, { Name: { Value: "first" } }),
      "t2-eks": template({ Queue: "t2-b" }, { Name: { Value: { "Fn::GetAtt": ["Queue", "QueueName"] } } }),
    });
    const expected = [["t2-vpc", "first"], ["t2-eks", "t2-b"]];
    const first = await adapter.deploy(out, TASK);
    assert.deepEqual(first.map(({ stack, outputs }) => [stack, outputs["Name"]]), expected);
    assert.deepEqual(first.map(({ changed }) => changed), [true, true]);
    const resources = events.filter((event) => event.type === "resource" && event.status === "CREATE_COMPLETE");
    assert.equal(resources.length, 2);
    assert.ok(events.every((event) => event.type === "debug" || ("id" in event && event.id === "stacks")));
    assert.deepEqual(await adapter.outputs("t2-vpc"), { Name: "first" });

    const second = await adapter.deploy(out, TASK);
    assert.deepEqual(second.map(({ changed }) => changed), [false, false]);
    assert.deepEqual(second.map(({ stack, outputs }) => [stack, outputs["Name"]]), expected);
    assert.deepEqual((await adapter.diff(out, TASK)).map(({ exists, changes }) => [exists, changes]), [
      [true, []],
      [true, []],
    ]);
  });

  it("tells additions, updates, replacements and removals apart, and leaves no change set", async () => {
    const deployed = { Kept: "t3-kept", Renamed: "t3-old", Gone: "t3-gone" };
    await adapter.deploy(await assembly({ "t3-vpc": template(deployed) }), TASK);
    const next = template({ Kept: "t3-kept", Renamed: "t3-new", Added: "t3-added" }, { Url: { Value: "x" } });
    next.Resources["Kept"]!.Properties!["VisibilityTimeout"] = 60;
    const [diff] = await adapter.diff(await assembly({ "t3-vpc": next }), TASK);
    assert.deepEqual(diff!.changes.map(({ logicalId, action }) => `${logicalId} ${action}`), [
      "Added add",
      "Gone remove",
      "Kept update",
      "Renamed replace",
      "Url add",
    ]);
    const { Summaries } = await cloudFormation.send(new cfn.ListChangeSetsCommand({ StackName: "t3-vpc" }));
    assert.deepEqual((Summaries ?? []).filter(({ ChangeSetName }) => ChangeSetName?.includes("diff")), []);
    assert.equal(await statusOf("t3-vpc"), "CREATE_COMPLETE");
  });

  it("names the resource that failed, and deploys over what the failure left", async () => {
    const out = await assembly({ "t4-vpc": template({ Queue: "t4" }) });
    await fail([{ resource: "AWS::SQS::Queue", reason: "the quota is 0", times: 1 }]);
    const error = await failureOf(adapter.deploy(out, TASK));
    assert.equal(error.exit, EXIT.aws);
    assert.match(error.message, /^Cannot deploy the stacks as AWS::SQS::Queue Queue failed: .*the quota is 0/);
    assert.equal(error.path, "t4-vpc/Queue");
    assert.match(error.hint!, /run the same command again/);
    assert.equal(await statusOf("t4-vpc"), "ROLLBACK_COMPLETE");

    assert.equal((await adapter.diff(out, TASK))[0]!.exists, false);
    assert.equal(await adapter.outputs("t4-vpc"), null);
    assert.equal((await adapter.deploy(out, TASK))[0]!.changed, true);
    assert.equal(await statusOf("t4-vpc"), "CREATE_COMPLETE");
  });

  it("goes on from every state that an operation can leave a stack in", async () => {
    const one = await assembly({ "s1-vpc": template({ Queue: "s1" }) });
    await adapter.deploy(one, TASK);
    for (const status of ["UPDATE_FAILED", "UPDATE_ROLLBACK_FAILED", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED"]) {
      await askLab(emulator.url, "PUT", "stack-status", { region, stack: "s1-vpc", status });
      const [diff] = await adapter.diff(one, TASK);
      assert.deepEqual([diff?.status, diff?.exists], [status, !status.startsWith("ROLLBACK")]);
      await adapter.deploy(one, TASK);
      assert.match(await statusOf("s1-vpc") ?? "", /^(CREATE|UPDATE|UPDATE_ROLLBACK)_COMPLETE$/, `from ${status}`);
    }
  });

  it("deploys over a stack that never left its review", async () => {
    const body = template({ Queue: "t5" });
    await cloudFormation.send(
      new cfn.CreateChangeSetCommand({
        StackName: "t5-vpc",
        ChangeSetName: "abandoned",
        ChangeSetType: "CREATE",
        TemplateBody: JSON.stringify(body),
      }),
    );
    assert.equal(await statusOf("t5-vpc"), "REVIEW_IN_PROGRESS");
    const out = await assembly({ "t5-vpc": body });
    assert.equal((await adapter.diff(out, TASK))[0]!.exists, false);
    await adapter.deploy(out, TASK);
    assert.equal(await statusOf("t5-vpc"), "CREATE_COMPLETE");
  });

  it("gives up at once when it is interrupted; the next deployment waits for CloudFormation and goes on", async () => {
    // A stack that stands still until somebody sends a signal.
    const CreationPolicy = { ResourceSignal: { Count: 1, Timeout: "PT1M" } };
    const slow = { Resources: { Signal: { Type: "AWS::CloudFormation::WaitCondition", CreationPolicy } } };
    const out = await assembly({ "t6-vpc": slow, "t6-eks": template({ Queue: "t6" }) });
    const controller = new AbortController();
    const abortAtResource = (event: EventBody) => {
      emit(event);
      if (event.type === "resource") controller.abort();
    };
    const working = adapter.deploy(out, { id: "stacks", emit: abortAtResource, signal: controller.signal });
    const error = await failureOf(working);
    assert.equal(error.code, "INTERRUPTED");
    assert.equal(error.exit, EXIT.interrupted);
    assert.equal(await statusOf("t6-vpc"), "CREATE_IN_PROGRESS");

    const signalWhenAsked = (event: EventBody) => {
      emit(event);
      if (event.type === "progress" && /waiting for it to finish/.test(event.message)) void sendSignal("t6-vpc");
    };
    const again = adapter.deploy(out, { ...TASK, emit: signalWhenAsked });
    assert.deepEqual((await again).map(({ stack, changed }) => [stack, changed]), [["t6-vpc", false], [
      "t6-eks",
      true,
    ]]);
  });

  it("starts nothing when it was interrupted before", async () => {
    const error = await failureOf(adapter.deploy(folder, { ...TASK, signal: AbortSignal.abort() }));
    assert.equal(error.code, "INTERRUPTED");
  });

  it("takes retained resources in again", async () => {
    const body = template({});
    body.Resources["Repository"] = {
      Type: "AWS::ECR::Repository",
      Properties: { RepositoryName: "t7/base" },
      DeletionPolicy: "Retain",
    };
    const out = await assembly({ "t7-eks": body });
    await adapter.deploy(out, TASK);
    assert.equal(await adapter.destroy("t7-eks", TASK), true);
    const { repositories } = await new ECRClient({ region }).send(new DescribeRepositoriesCommand({}));
    assert.ok(repositories!.some(({ repositoryName }) => repositoryName === "t7/base"));
    assert.equal((await adapter.deploy(out, TASK))[0]!.changed, true);
    assert.equal(await statusOf("t7-eks"), "CREATE_COMPLETE");
  });

  it("deletes a stack, waits for its end, and says when there was none", async () => {
    await adapter.deploy(await assembly({ "t8-eks": template({ Queue: "t8" }) }), TASK);
    events = [];
    assert.equal(await adapter.destroy("t8-eks", { ...TASK, id: "stack-eks" }), true);
    assert.equal(await adapter.outputs("t8-eks"), null);
    assert.ok(events.some((event) => event.type === "resource" && event.id === "stack-eks"));
    assert.equal(await adapter.destroy("t8-eks", TASK), false);
  });

  it("deploys what CDK synthesizes, through the bucket of the bootstrap", async () => {
    const out = await Deno.makeTempDir({ dir: folder });
    // The root of an assembly without what `App` takes from the environment.
    const root = new Stage(undefined as never, "", { outdir: out });
    const stack = new Stack(root, "t9-vpc", { env: { region } });
    new Queue(stack, "Queue", { queueName: "t9" });
    Deno.env.set("CDK_VALIDATION", "false");
    root.synth();
    Deno.env.delete("CDK_VALIDATION");
    assert.equal((await adapter.deploy(out, TASK))[0]!.changed, true);
    const Bucket = `cdk-hnb659fds-assets-${account}-${region}`;
    const stored = await new S3Client({ region, forcePathStyle: true }).send(new ListObjectsV2Command({ Bucket }));
    assert.equal(stored.Contents?.length, 1);
    assert.equal(await adapter.destroy("t9-vpc", TASK), true);
  });

  it("says what to do when nobody is signed in", async () => {
    const names = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"] as const;
    for (const name of names) Deno.env.delete(name);
    Deno.env.set("AWS_CONFIG_FILE", `${folder}/none`);
    Deno.env.set("AWS_SHARED_CREDENTIALS_FILE", `${folder}/none`);
    try {
      const error = await failureOf(stacks(clients({ region })).outputs("t1-vpc"));
      assert.equal(error.code, "AWS_CREDENTIALS");
      assert.equal(error.exit, EXIT.aws);
    } finally {
      for (const name of names) Deno.env.set(name, ENVIRONMENT[name]);
      Deno.env.delete("AWS_CONFIG_FILE");
      Deno.env.delete("AWS_SHARED_CREDENTIALS_FILE");
    }
  });
});
