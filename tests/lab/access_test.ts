/**
 * Who may enter the cluster, over stacks that stand: the caller who becomes an admin and is one no more, admins that
 * come and go, and an entry that is there already, over which CloudFormation fails.
 */
import assert from "node:assert/strict";
import * as cfn from "@aws-sdk/client-cloudformation";
import * as eks from "@aws-sdk/client-eks";
import * as iam from "@aws-sdk/client-iam";
import * as sts from "@aws-sdk/client-sts";
import { clusterOf } from "../../lib/config/resolve/infra.ts";
import type { KubeObject } from "../../lib/core/ports.ts";
import { applyPlan } from "../../lib/actions/apply.ts";
import { planDeployed } from "../../lib/actions/plan.ts";
import { describePlan } from "../../lib/plan/describe.ts";
import { FakeKube } from "../fakes/kube.ts";
import { smallest } from "../infra/config.ts";
import { StackBed } from "./aws/stack_bed.ts";

const region = "us-west-2", account = "210000000053";
const bed = new StackBed(account, 4653);
const me = `arn:aws:iam::${account}:role/teams/ml/deployer`;
const alice = `arn:aws:iam::${account}:role/teams/ml/alice`;

/** A cluster in which Helm's Job ends as soon as it is made. */
class HelmKube extends FakeKube {
  override async create<T extends KubeObject>(object: T): Promise<T> {
    const made = await super.create(object);
    return object.kind === "Job"
      ? this.put({ ...made, status: { conditions: [{ type: "Complete", status: "True" }] } })
      : made;
  }
}

const kube = new HelmKube();

interface Applied {
  /** Lines of the plan about access. */
  readonly plan: readonly string[];
  readonly notes: readonly string[];
  /** Actions of EKS that changed something. */
  readonly calls: readonly string[];
  readonly entries: Readonly<Record<string, string>>;
}

async function applied(...admins: string[]): Promise<Applied> {
  const config = smallest({ cluster: clusterOf({ endpoint: "private", admins }) });
  return await bed.operate(config, { region, kube }, async (operation) => {
    const plan = await planDeployed(operation, { only: ["infra"] });
    await bed.forget();
    const { results } = await applyPlan(operation, plan);
    const failed = results.filter(({ state }) => state !== "done" && state !== "unchanged");
    assert.deepEqual(failed.map(({ id, error }) => `${id}: ${error}`), []);
    const lines = describePlan(plan).split("\n").filter((line) => line.includes("access"));
    const calls = (await bed.requests()).filter(({ service }) => service === "eks").map(({ action }) => action);
    const changing = calls.filter((action) => /^(Create|Delete|Tag|Associate)/.test(action));
    return { plan: lines, notes: plan.notes, calls: changing, entries: await entries() };
  });
}

/** Principal → what its entry is for, of all but nodes. */
async function entries(): Promise<Record<string, string>> {
  const found = (await bed.ports(region, kube).eks.accessEntries("acme")).toSorted((a, b) =>
    a.principalArn < b.principalArn ? -1 : 1
  );
  return Object.fromEntries(found.map(({ principalArn, purpose, isAdmin }) => [
    principalArn,
    `${purpose}${isAdmin ? "" : ", without rights"}`,
  ]));
}

/** From here on the keys are those of a session of the role. */
async function becomeDeployer(): Promise<void> {
  const trusted = { Effect: "Allow", Principal: { AWS: `arn:aws:iam::${account}:root` }, Action: "sts:AssumeRole" };
  const { Role } = await new iam.IAMClient({ region }).send(
    new iam.CreateRoleCommand({
      RoleName: "deployer",
      Path: "/teams/ml/",
      AssumeRolePolicyDocument: JSON.stringify({ Statement: [trusted] }),
    }),
  );
  const { Credentials } = await new sts.STSClient({ region }).send(
    new sts.AssumeRoleCommand({ RoleArn: Role!.Arn!, RoleSessionName: "somebody" }),
  );
  Deno.env.set("AWS_ACCESS_KEY_ID", Credentials!.AccessKeyId!);
  Deno.env.set("AWS_SECRET_ACCESS_KEY", Credentials!.SecretAccessKey!);
  Deno.env.set("AWS_SESSION_TOKEN", Credentials!.SessionToken!);
}

Deno.test.beforeAll(async () => {
  await bed.start();
  await becomeDeployer();
});
Deno.test.afterAll(async () => {
  Deno.env.delete("AWS_SESSION_TOKEN");
  await bed.stop();
});

Deno.test("the caller who stands in cluster.admins later, and then no more, is never without an entry", async () => {
  assert.deepEqual((await applied()).entries, { [me]: "caller" });
  const became = await applied(me);
  assert.deepEqual(became.entries, { [me]: "admin" });
  assert.deepEqual(became.plan, [
    "~ access to the cluster, service-linked role for spot",
    `    update access entry of ${me}, an admin`,
  ]);
  assert.deepEqual(became.calls, ["TagResource", "AssociateAccessPolicy"], "nothing is deleted and made again");
  assert.deepEqual((await applied(me)).calls, [], "a second apply changes nothing");
  const left = await applied();
  assert.deepEqual([left.entries, left.calls], [{ [me]: "caller" }, ["TagResource", "AssociateAccessPolicy"]]);
});

Deno.test("an admin gets an entry by apply, and loses it when the config names it no more", async () => {
  assert.deepEqual((await applied(alice)).entries, { [alice]: "admin", [me]: "caller" });
  const gone = await applied();
  assert.deepEqual(gone.entries, { [me]: "caller" });
  assert.deepEqual(gone.calls, ["DeleteAccessEntry"]);
  assert.ok(gone.plan.includes(`    delete access entry of ${alice}, no longer an admin`), gone.plan.join("\n"));
});

Deno.test("an admin's entry that somebody else made stays as it is, and the plan says what that means", async () => {
  const client = new eks.EKSClient({ region });
  const entry = { clusterName: "acme", principalArn: alice };
  await client.send(new eks.CreateAccessEntryCommand({ ...entry, tags: { owner: "them" } }));
  const found = await applied(alice);
  assert.deepEqual(found.entries, { [alice]: "null, without rights", [me]: "caller" });
  assert.deepEqual(found.calls, []);
  assert.match(found.notes.join("\n"), /^cluster\.admins\[0\] {2}.*that unitune did not create/m);
  await client.send(new eks.DeleteAccessEntryCommand(entry));
});

Deno.test("CloudFormation fails over an access entry that is there: no template may hold one that apply makes", async () => {
  const Properties = { ClusterName: "acme", PrincipalArn: me, Type: "STANDARD" };
  const TemplateBody = JSON.stringify({ Resources: { Entry: { Type: "AWS::EKS::AccessEntry", Properties } } });
  const client = new cfn.CloudFormationClient({ region }), StackName = "by-hand";
  await client.send(new cfn.CreateStackCommand({ StackName, TemplateBody }));
  let status: string | undefined;
  do {
    const { Stacks } = await client.send(new cfn.DescribeStacksCommand({ StackName }));
    status = Stacks![0]!.StackStatus;
  } while (status?.endsWith("IN_PROGRESS"));
  assert.equal(status, "ROLLBACK_COMPLETE");
  const { StackEvents } = await client.send(new cfn.DescribeStackEventsCommand({ StackName }));
  const reasons = StackEvents!.map(({ ResourceStatusReason = "" }) => ResourceStatusReason).join("\n");
  assert.match(reasons, /already (in use|exists)/i);
  assert.deepEqual(await entries(), { [me]: "caller" }, "and a rollback leaves it alone");
});
