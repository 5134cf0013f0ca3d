import assert from "node:assert/strict";
import { bundled, bundleOf, FUNCTIONS } from "../../.ci/lambda.ts";
import { smallest } from "./config.ts";
import { all, type Json, only, synthesized } from "./templates.ts";

const { vpc, eks } = await synthesized(smallest());
const codeOf = (template: typeof vpc) => only(template, "AWS::Lambda::Function").Properties.Code.ZipFile as string;

Deno.test("functions are inline, bounded in time and outside the VPC, and own their log", () => {
  for (const template of [vpc, eks]) {
    const { Properties } = only(template, "AWS::Lambda::Function");
    assert.equal(Properties.Runtime, "nodejs24.x");
    assert.equal(Properties.VpcConfig, undefined);
    const logs = template.toJSON().Resources[Properties.LoggingConfig.LogGroup.Ref];
    assert.equal(logs.DeletionPolicy, "Delete");
    const resource = only(template, "AWS::CloudFormation::CustomResource");
    assert.equal(resource.Properties.ServiceTimeout, Properties.Timeout + 60);
    assert.ok(Properties.Timeout <= 900);
  }
});

Deno.test("nodes and Karpenter's role go before the leftovers, and what nodes stand on after them", () => {
  const leftovers = only(eks, "AWS::CloudFormation::CustomResource");
  const nodes = only(eks, "AWS::EKS::Nodegroup");
  const karpenter = only(
    eks,
    "AWS::EKS::PodIdentityAssociation",
    ({ ServiceAccount }) => ServiceAccount === "karpenter",
  );
  for (const before of [nodes, karpenter]) assert.ok(before.DependsOn.includes(leftovers.id), before.id);
  const role = only(eks, "AWS::IAM::Role", ({ Description }) => Description?.startsWith("Nodes that Karpenter"));
  const group = only(eks, "AWS::EC2::SecurityGroup");
  assert.deepEqual([...leftovers.DependsOn].sort(), [group.id, role.id].sort());
});

Deno.test("the clean-up refers to the cluster: unless the stack creates that, a rollback has nothing to clean up", () => {
  const leftovers = only(eks, "AWS::CloudFormation::CustomResource"), cluster = only(eks, "AWS::EKS::Cluster");
  assert.deepEqual(leftovers.Properties.ClusterArn, { "Fn::GetAtt": [cluster.id, "Arn"] });
  assert.equal(leftovers.Properties.Cluster, "acme");
});

Deno.test("the clean-up may remove only what carries this cluster's tags", () => {
  const role = only(eks, "AWS::IAM::Role", ({ Description }) => Description?.startsWith("Ends what Karpenter left"));
  const statements: Json[] = role.Properties.Policies[0].PolicyDocument.Statement;
  for (const { Sid, Action, Condition } of statements) {
    const writes = [Action].flat().filter((action: string) => !/:(Describe|List)|^logs:/.test(action));
    if (writes.length === 0) continue;
    const bound = JSON.stringify(Condition ?? {});
    assert.match(
      bound,
      /unitune:cluster":"acme"|cluster\.k8s\.amazonaws\.com\/name":"acme"/,
      Sid,
    );
  }
  assert.equal(all(eks, "AWS::Lambda::Function").length, 1);
});

for (const name of FUNCTIONS) {
  Deno.test(`the bundle of ${name} is that of its sources: \`deno task lambda\` writes it anew`, async () => {
    assert.equal(await Deno.readTextFile(bundleOf(name)), await bundled(name));
  });
}

/** CloudFormation zips up to 4 MB of inline code, and a template of S3 has 1 MB in all; a person still reads this much. */
const READABLE = 12_000;

Deno.test("what stands inline in a template is the bundle, and short enough to be read there", async () => {
  for (const [template, name] of [[vpc, "default_group"], [eks, "clean_up"]] as const) {
    const code = codeOf(template);
    assert.equal(code, await Deno.readTextFile(bundleOf(name)));
    assert.ok(code.length <= READABLE, `${name} has ${code.length} characters`);
  }
});

Deno.test("a template's code is CommonJS that asks the runtime for AWS's SDK alone, and answers CloudFormation", async () => {
  for (const [template, RequestType] of [[vpc, "Delete"], [eks, "Create"]] as const) {
    const exports: Json = {}, required: string[] = [];
    const told: Json[] = [];
    const fakeFetch = (url: string, { method, body }: Json) => {
      told.push([url, method, JSON.parse(new TextDecoder().decode(body)).Status]);
      return Promise.resolve(new Response());
    };
    new Function("require", "exports", "fetch", codeOf(template))(
      (name: string) => {
        required.push(name);
        return {};
      },
      exports,
      fakeFetch,
    );
    const event = { RequestType, ResponseURL: "https://answer.example/", ResourceProperties: {} };
    await exports.handler(event, { getRemainingTimeInMillis: () => 600_000 });
    assert.deepEqual(told, [["https://answer.example/", "PUT", "SUCCESS"]]);
    assert.ok(required.every((name) => name.startsWith("@aws-sdk/client-")), required.join());
  }
});
