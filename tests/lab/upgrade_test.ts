/**
 * A change of each kind over stacks that stand: versions up, in steps and back; pools, images and zones added. And the
 * order of the add-ons, which the emulator refuses to see broken.
 */
import assert from "node:assert/strict";
import * as cfn from "@aws-sdk/client-cloudformation";
import * as eks from "@aws-sdk/client-eks";
import * as aws from "../../lib/adapters/aws/mod.ts";
import { clusterOf } from "../../lib/config/resolve/infra.ts";
import { EXIT, isUnituneError } from "../../lib/core/errors.ts";
import { KUBERNETES } from "../../lib/core/facts/kubernetes.ts";
import type { KubeObject } from "../../lib/core/ports.ts";
import { applyPlan } from "../../lib/actions/apply.ts";
import { planDeployed } from "../../lib/actions/plan.ts";
import { Session } from "../../lib/actions/session.ts";
import type { Report } from "../../lib/actions/report.ts";
import { describePlan } from "../../lib/plan/describe.ts";
import type { Config, Plan } from "../../lib/plan/types.ts";
import { builderPool } from "../../lib/config/resolve/pool_fields.ts";
import { openFiles } from "../../lib/project/files.ts";
import { addOnVersions } from "../facts/catalogue.ts";
import { FakeKube } from "../fakes/kube.ts";
import { ownNetwork, smallest, testImage } from "../infra/config.ts";
import { changesOf, StackBed, TASK, type Template } from "./aws/stack_bed.ts";

const region = "us-west-2";
const bed = new StackBed("210000000052", 4652);
type Version = "1.34" | "1.35" | "1.36";

/** A cluster in which Helm's Job ends as soon as it is made. */
class HelmKube extends FakeKube {
  /** The version that EKS had when Helm ran. */
  readonly installs: string[] = [];

  override async create<T extends KubeObject>(object: T): Promise<T> {
    const made = await super.create(object);
    if (object.kind !== "Job") return made;
    this.installs.push((await versions()).cluster!);
    return this.put({ ...made, status: { conditions: [{ type: "Complete", status: "True" }] } });
  }
}

const kube = new HelmKube();

function acme(version: Version, change: Partial<Config> = {}): Config {
  return smallest({
    cluster: clusterOf({ version, endpoint: "private" }),
    images: [testImage("base")],
    ...change,
  });
}

/** Plans infra, and runs the plan unless told otherwise. */
async function infra(config: Config, act: "plan" | "run" = "run"): Promise<{ plan: Plan; report: Report | null }> {
  return await bed.operate(config, { region, kube }, async (operation) => {
    const plan = await planDeployed(operation, { only: ["infra"] });
    return { plan, report: act === "run" ? await applyPlan(operation, plan) : null };
  });
}

async function applied(config: Config): Promise<Record<string, string>> {
  const { report } = await infra(config);
  const failed = report!.results.filter(({ state }) => state !== "done" && state !== "unchanged");
  assert.deepEqual(failed.map(({ id, detail }) => `${id}: ${detail}`), []);
  return Object.fromEntries(report!.results.map(({ id, state }) => [id, state]));
}

async function versions(): Promise<Record<string, string>> {
  const client = new eks.EKSClient({ region }), clusterName = "acme";
  const { cluster } = await client.send(new eks.DescribeClusterCommand({ name: clusterName }));
  const { nodegroups } = await client.send(new eks.ListNodegroupsCommand({ clusterName }));
  const group = { clusterName, nodegroupName: nodegroups![0]! };
  const { nodegroup } = await client.send(new eks.DescribeNodegroupCommand(group));
  const found: Record<string, string> = { cluster: cluster!.version!, nodes: nodegroup!.version! };
  for (const addonName of Object.keys(KUBERNETES["1.35"].addOns)) {
    const { addon } = await client.send(new eks.DescribeAddonCommand({ clusterName, addonName }));
    found[addonName] = addon!.addonVersion!;
  }
  return found;
}

const all = (version: Version) => ({ cluster: version, nodes: version, ...KUBERNETES[version].addOns });
const kubernetesLines = (plan: Plan) =>
  describePlan(plan).split("\n").filter((line) => line.startsWith("~ Kubernetes"));

/** What the stacks would become, read with no change set left behind. */
async function difference(config: Config): Promise<string[]> {
  const { folder, stacks } = await bed.assembly(config);
  const before = await bed.changeSets(region, stacks);
  await bed.forget();
  const found = changesOf(await bed.stacks(region).diff(folder, TASK));
  const asked = (await bed.requests()).map(({ action }) => action);
  if (found.length > 0) assert.ok(asked.includes("CreateChangeSet"), "it is read through a change set");
  assert.ok(!asked.includes("ExecuteChangeSet"));
  assert.deepEqual(await bed.changeSets(region, stacks), before, "no change set is left behind");
  return found;
}

Deno.test.beforeAll(() => bed.start());
Deno.test.afterAll(() => bed.stop());

Deno.test("a cluster is made at its version, with the add-ons of that version", async () => {
  const { plan } = await infra(acme("1.34"), "plan");
  assert.deepEqual(kubernetesLines(plan), []);
  assert.deepEqual(await applied(acme("1.34")), {
    permissions: "done",
    bootstrap: "done",
    stacks: "done",
    access: "done",
    charts: "done",
  });
  assert.deepEqual(await versions(), all("1.34"));
  assert.deepEqual(kube.installs, ["1.34"]);
  const { plan: again } = await infra(acme("1.34"), "plan");
  assert.deepEqual(again.changes.map(({ action }) => action), ["none", "none", "none", "none"]);
});

Deno.test("the adapter reads what is offered: in the emulator's list, every version that this release pins", async () => {
  const port = aws.eks(aws.clients({ region }));
  for (const [kubernetes, { addOns: pins }] of Object.entries(KUBERNETES)) {
    for (const [name, version] of Object.entries(pins)) {
      assert.ok((await port.addOnVersions(name, kubernetes)).includes(version), `${name} ${version}`);
    }
  }
  assert.deepEqual(await port.addOnVersions("no-such-add-on", "1.35"), []);
});

Deno.test("an add-on's version that EKS does not offer is refused before anything is made", async () => {
  const addOns = { "coredns": { version: "v1.11.4-eksbuild.2" }, "kube-proxy": { version: "v1.36.0-eksbuild.21" } };
  await bed.forget();
  const cluster = clusterOf({ version: "1.34", endpoint: "private", addOns });
  const error = await infra(acme("1.34", { cluster })).then(() => assert.fail("it went well"), (error) => error);
  assert.ok(isUnituneError(error), String(error));
  assert.deepEqual([error.code, error.path, error.exit], [
    "ADD_ON_VERSION",
    "cluster.addOns.coredns.version",
    EXIT.aws,
  ]);
  assert.equal(error.lines!.length, 2);
  for (const [at, name] of ["coredns", "kube-proxy"].entries()) {
    const [newest, ...older] = addOnVersions(name, "1.34"), line = error.lines![at]!;
    assert.ok(
      line.startsWith(`cluster.addOns.${name}.version  must be a version of ${name} that EKS offers for `),
      line,
    );
    assert.ok(
      line.includes(`in us-west-2: found ${addOns[name as "coredns"].version}; it offers ${newest}, ${older[0]}`),
      line,
    );
    assert.ok(line.endsWith(` — write addOns: { "${name}": { version: "${newest}" } } in cluster`), line);
  }
  const asked = (await bed.requests()).filter(({ action }) => /^(Create|Execute|Update|Delete)/.test(action));
  assert.deepEqual(asked.filter(({ action }) => !/^(Create|Delete)ChangeSet$/.test(action)), []);
});

Deno.test("a pool changes cluster objects and no stack", async () => {
  const pool = { ...builderPool(["amd64"], 1, 4), name: "more" };
  const before = acme("1.34"), after = acme("1.34", { pools: [pool] });
  assert.deepEqual(await difference(after), []);
  const objects = async (config: Config) => {
    const project = await openFiles(config);
    const deployed = await new Session(config, bed.ports(region, kube)).requireDeployed();
    return project.objects.cluster(deployed).map(({ kind, metadata }) => `${kind} ${metadata.name}`);
  };
  const added = new Set(await objects(after)).difference(new Set(await objects(before)));
  assert.deepEqual([...added].sort(), ["EC2NodeClass more", "NodePool more"]);
});

Deno.test("an image adds its repository and changes nothing else", async () => {
  const config = acme("1.34", { images: [testImage("base"), testImage("trainer")] });
  assert.deepEqual(await difference(config), ["add AWS::ECR::Repository"]);
  await applied(config);
  const { repositories } = await bed.holdings(region);
  assert.deepEqual(repositories!.filter((name) => name.startsWith("acme/")), ["acme/base", "acme/trainer"]);
  assert.deepEqual(await difference(config), []);
});

Deno.test("a third zone adds, replaces nothing, and leaves cluster and nodes as they are", async () => {
  const images = [testImage("base"), testImage("trainer")];
  const config = acme("1.34", { images, network: ownNetwork({ azs: 3, nat: "single" }) });
  const changes = await difference(config);
  assert.ok(changes.includes("add AWS::EC2::Subnet"));
  const others = changes.filter((change) => !change.startsWith("add "));
  // The gateway endpoint of S3 gets a line in the new zone's route tables, the output of zones its id.
  assert.deepEqual(others, ["update AWS::EC2::VPCEndpoint", "update Output"]);
  assert.deepEqual(changes.filter((change) => change.includes("AWS::EKS::")), []);
  const before = await bed.holdings(region);
  await applied(config);
  const after = await bed.holdings(region);
  assert.deepEqual(before.subnets!.filter((subnet) => !after.subnets!.includes(subnet)), []);
  assert.equal(after.subnets!.length, before.subnets!.length + 2);
  const error = await infra(acme("1.34", { images })).then(() => assert.fail("it went well"), (error) => error);
  assert.deepEqual([error.code, error.path], ["NETWORK", "network.zones"], "a zone is not taken away under its nodes");
  await removed();
  await applied(acme("1.34", { images }));
});

Deno.test("one minor version up is shown, run in one deployment, and takes the add-ons and nodes along", async () => {
  const { plan } = await infra(acme("1.35"), "plan");
  assert.deepEqual(kubernetesLines(plan), ["~ Kubernetes 1.34 → 1.35"]);
  const proxy = [KUBERNETES["1.34"], KUBERNETES["1.35"]].map(({ addOns }) => `${addOns["kube-proxy"]}`).join(" → ");
  assert.ok(describePlan(plan, { columns: 500 }).includes(`kube-proxy ${proxy}`));
  const { stack, template } = await bed.templateWith("AWS::EKS::Cluster", await bed.assembly(acme("1.35")));
  const changes = plan.changes.flatMap((change) => change.kind === "stacks" ? change.diffs : [])
    .find((diff) => diff.stack === stack)!.changes;
  const touched = changes.filter(({ resourceType }) => resourceType.startsWith("AWS::EKS::"));
  const kinds = touched.map(({ logicalId, action, resourceType }) => {
    return `${action} ${template.Resources[logicalId]?.Properties.AddonName ?? resourceType}`;
  });
  const fieldsOf = (type: string) => touched.find(({ resourceType }) => resourceType === type)?.fields;
  assert.deepEqual(fieldsOf("AWS::EKS::Cluster"), [{ path: "Version", before: "1.34", after: "1.35" }]);
  // The agent and the CNI have the same version for both.
  assert.deepEqual(kinds.sort(), [
    "add AWS::EKS::Nodegroup",
    "remove AWS::EKS::Nodegroup",
    "update AWS::EKS::Cluster",
    "update coredns",
    "update kube-proxy",
  ]);
  await bed.forget();
  assert.equal((await applied(acme("1.35"))).stacks, "done");
  const executed = (await bed.requests()).filter(({ action }) => action === "ExecuteChangeSet");
  assert.equal(executed.length, 1);
  assert.deepEqual(await versions(), all("1.35"));
});

Deno.test("a way back is refused before anything is made or asked of CloudFormation", async () => {
  await bed.forget();
  const error = await infra(acme("1.34")).then(() => assert.fail("it went well"), (error) => error);
  assert.ok(isUnituneError(error), String(error));
  assert.deepEqual([error.code, error.path, error.exit], ["KUBERNETES_DOWNGRADE", "cluster.version", EXIT.config]);
  const asked = (await bed.requests()).filter(({ action }) => /^(Create|Execute|Update|Delete)/.test(action));
  assert.deepEqual(asked, []);
  assert.deepEqual(await versions(), all("1.35"));
});

Deno.test("EKS itself refuses a way back, and a jump of two versions at once", async () => {
  const { folder } = await bed.assembly(acme("1.34"));
  await assert.rejects(bed.stacks(region).deploy(folder, TASK), /minor version update from 1\.35 to 1\.34/);
  assert.deepEqual(await versions(), all("1.35"));
});

Deno.test("a jump runs as steps, with Karpenter first if it does not know the last version", async () => {
  await removed();
  await applied(acme("1.34"));
  const { folder } = await bed.assembly(acme("1.36"));
  await assert.rejects(bed.stacks(region).deploy(folder, TASK), /minor version update from 1\.34 to 1\.36/);

  const marker =
    (await kube.get({ apiVersion: "v1", kind: "ConfigMap", name: "unitune-karpenter", namespace: "kube-system" }))!;
  kube.put({ ...marker, data: { hash: "of other charts", version: "1.9.0" } });
  kube.installs.length = 0;
  const { plan } = await infra(acme("1.36"), "plan");
  assert.deepEqual(kubernetesLines(plan), [
    "~ Kubernetes 1.34 → 1.35  step 1 of 2",
    "~ Kubernetes 1.35 → 1.36  step 2 of 2",
  ]);
  await bed.forget();
  const states = await applied(acme("1.36"));
  assert.deepEqual(Object.entries(states), [
    ["permissions", "done"],
    ["bootstrap", "unchanged"],
    ["kubernetes:1.34", "unchanged"],
    ["access", "unchanged"],
    ["charts", "done"],
    ["kubernetes:1.35", "done"],
    ["stacks", "done"],
  ]);
  assert.deepEqual(kube.installs, ["1.34"], "Helm ran before the control plane moved");
  assert.equal((await bed.requests()).filter(({ action }) => action === "ExecuteChangeSet").length, 2);
  assert.deepEqual(await versions(), all("1.36"));
});

Deno.test("a run that was cut between two steps is finished by the same command", async () => {
  await removed();
  await applied(acme("1.34"));
  // As far as the first step goes.
  await applied(acme("1.35"));
  const { plan } = await infra(acme("1.36"), "plan");
  assert.deepEqual(plan.changes.map(({ id }) => id), ["bootstrap", "stacks", "access", "charts"]);
  assert.deepEqual(kubernetesLines(plan), ["~ Kubernetes 1.35 → 1.36"]);
  await applied(acme("1.36"));
  assert.deepEqual(await versions(), all("1.36"));
  await removed();
});

/** Both stacks and what they retain. */
async function removed(): Promise<void> {
  const { stacks } = await bed.assembly(acme("1.34"));
  for (const stack of stacks.toReversed()) await bed.stacks(region).destroy(stack, TASK);
  await removeRepositories();
}

async function removeRepositories(): Promise<void> {
  const { registry } = bed.ports(region, kube);
  for (const repository of await registry.repositories("acme")) await registry.removeRepository(repository);
}

const cloudFormation = () => new cfn.CloudFormationClient({ region });
const Capabilities: cfn.Capability[] = ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"];

/** Makes a stack by CloudFormation's own API; gives the reasons of what failed. */
async function created(StackName: string, template: Template): Promise<string[]> {
  const client = cloudFormation(), TemplateBody = JSON.stringify(template);
  await client.send(new cfn.CreateStackCommand({ StackName, TemplateBody, Capabilities }));
  for (;;) {
    const { Stacks } = await client.send(new cfn.DescribeStacksCommand({ StackName }));
    if (!Stacks![0]!.StackStatus!.endsWith("_IN_PROGRESS")) break;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const { StackEvents } = await client.send(new cfn.DescribeStackEventsCommand({ StackName }));
  return StackEvents!.filter(({ ResourceStatus }) => ResourceStatus === "CREATE_FAILED")
    .map(({ ResourceStatusReason }) => ResourceStatusReason ?? "");
}

/** Without the order of node group and add-ons, as far as `takesOut` says. */
function unordered(template: Template, takesOut: (type: string, name: string | undefined) => boolean): Template {
  const changed = structuredClone(template);
  const isOurs = (id: string) => ["AWS::EKS::Addon", "AWS::EKS::Nodegroup"].includes(changed.Resources[id]!.Type);
  for (const resource of Object.values(changed.Resources)) {
    if (!takesOut(resource.Type, resource.Properties?.AddonName)) continue;
    resource.DependsOn = [resource.DependsOn ?? []].flat().filter((id) => !isOurs(id));
  }
  return changed;
}

Deno.test("a deployment that breaks the order of the add-ons is refused, the right one is taken", async () => {
  const assembly = await bed.assembly(acme("1.35"));
  const { stack, template } = await bed.templateWith("AWS::EKS::Cluster", assembly);
  const [network] = assembly.stacks;
  const port = bed.stacks(region);
  const nothing = { Resources: {} } as Template;
  const networkTemplate = network === stack
    ? nothing
    : JSON.parse(await Deno.readTextFile(`${assembly.folder}/${network}.template.json`));
  if (network !== stack) assert.deepEqual(await created(network!, networkTemplate), []);

  const refused = async (body: Template, reason: RegExp) => {
    assert.match((await created(stack, body)).join("\n"), reason);
    await port.destroy(stack, TASK);
    await removeRepositories();
  };
  await refused(unordered(template, (type) => type === "AWS::EKS::Nodegroup"), /NodeCreationFailure.*vpc-cni/);
  await refused(unordered(template, (_, name) => name === "coredns"), /InsufficientNumberOfReplicas.*coredns/);
  for (const version of ["latest", "v1.36.0-eksbuild.21"]) {
    const body = structuredClone(template);
    const proxy = Object.values(body.Resources).find(({ Properties }) => Properties?.AddonName === "kube-proxy")!;
    proxy.Properties.AddonVersion = version;
    await refused(body, new RegExp(`Addon version specified is not supported: ${version}`));
  }
  assert.deepEqual(await created(stack, template), []);
  await removed();
});
