/** Who may read the registries that a config names in place of public ones, and fill their caches. */
import assert from "node:assert/strict";
import { buildPulls } from "../../lib/config/resolve/sources.ts";
import { karpenterOf } from "../../lib/config/resolve/karpenter.ts";
import { DEFAULT_KUBERNETES } from "../../lib/core/facts/kubernetes.ts";
import { PINS } from "../../lib/core/pins.ts";
import type { Config } from "../../lib/plan/types.ts";
import { smallest } from "./config.ts";
import { all, type Json, only, synthesized } from "./templates.ts";

const ECR = "111122223333.dkr.ecr.us-west-2.amazonaws.com";
const FILL = ["ecr:BatchImportUpstreamImage", "ecr:CreateRepository"];

async function eksOf(mirrors: Record<string, string>) {
  const { builder } = smallest();
  const change: Partial<Config> = {
    mirrors,
    karpenter: karpenterOf(DEFAULT_KUBERNETES, {}, { mirrors, digests: {} }),
    builder: {
      ...builder,
      pulls: buildPulls(PINS.sbomScanner.replace("docker.io", mirrors["docker.io"] ?? "docker.io"), []),
    },
  };
  return (await synthesized(smallest(change))).eks;
}

type Eks = Awaited<ReturnType<typeof eksOf>>;
const role = (eks: Eks, start: string) =>
  only(eks, "AWS::IAM::Role", ({ Description }) => Description?.startsWith(start));
const arns = (resource: Json) => [resource].flat().map((arn) => arn["Fn::Join"]?.[1].at(-1));
const statement = (role: Json, policy: string) =>
  role.Properties.Policies?.find(({ PolicyName }: Json) => PolicyName === policy)?.PolicyDocument.Statement[0];

Deno.test("without mirrors in ECR no role may do more than before", async () => {
  const eks = await eksOf({ "docker.io": "mirror.example.com/hub", "public.ecr.aws": "mirror.example.com/aws" });
  assert.deepEqual(eks.toJSON(), (await eksOf({})).toJSON());
});

Deno.test("nodes of both sorts may fill the caches below the mirrors' prefixes", async () => {
  const eks = await eksOf({ "docker.io": `${ECR}/docker-hub`, "nvcr.io": "mirror.example.com" });
  const roles = all(eks, "AWS::IAM::Role").filter((role) => statement(role, "mirrors"));
  assert.equal(roles.length, 2);
  for (const node of roles) {
    const { Action, Resource } = statement(node, "mirrors");
    assert.deepEqual(Action, FILL);
    assert.deepEqual(arns(Resource), [":ecr:us-west-2:111122223333:repository/docker-hub/*"]);
    assert.match(JSON.stringify(node.Properties.AssumeRolePolicyDocument), /ec2\./, "a role of instances");
  }
});

Deno.test("the push role, which builds log in with, may pull what builds read there", async () => {
  const push = role(await eksOf({ "docker.io": `${ECR}/docker-hub` }), "Pushes to");
  const statements = push.Properties.Policies[0].PolicyDocument.Statement;
  const pull = statements.find(({ Sid }: Json) => Sid === "PullMirrors");
  assert.deepEqual(arns(pull.Resource), [
    ":ecr:us-west-2:111122223333:repository/docker-hub/docker/buildkit-syft-scanner",
  ]);
  assert.ok(pull.Action.every((action: string) => /Batch|Download|Create/.test(action)));
  assert.ok(!pull.Action.includes("ecr:PutImage"));
});

Deno.test("the push role may read what builder.pull names, in any account and region, and nothing more of it", async () => {
  const { builder } = smallest();
  const reads = ["763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-training"];
  const push = role((await synthesized(smallest({ builder: { ...builder, reads } }))).eks, "Pushes to");
  const statements = push.Properties.Policies[0].PolicyDocument.Statement;
  const pull = statements.find(({ Sid }: Json) => Sid === "PullBases");
  assert.deepEqual(arns(pull.Resource), [":ecr:us-east-1:763104351884:repository/pytorch-training"]);
  assert.deepEqual(pull.Action, [
    "ecr:BatchCheckLayerAvailability",
    "ecr:BatchGetImage",
    "ecr:GetDownloadUrlForLayer",
  ]);
});

Deno.test("charts in ECR give Helm's account a role that logs in and reads those two charts", async () => {
  const eks = await eksOf({ "public.ecr.aws": `${ECR}/ecr-public` });
  const installer = role(eks, "Helm's Job of EKS cluster");
  const association = only(eks, "AWS::EKS::PodIdentityAssociation", ({ Namespace }) => Namespace === "unitune-install");
  assert.equal(association.Properties.ServiceAccount, "unitune-installer");
  assert.deepEqual(association.Properties.RoleArn, { "Fn::GetAtt": [installer.id, "Arn"] });
  const policy = all(eks, "AWS::IAM::Policy").find(({ Properties }) => Properties.Roles[0].Ref === installer.id);
  const [logIn, pull] = policy.Properties.PolicyDocument.Statement;
  assert.equal(logIn.Action, "ecr:GetAuthorizationToken");
  assert.deepEqual(
    arns(pull.Resource),
    ["karpenter", "karpenter-crd"].map((chart) => {
      return `:ecr:us-west-2:111122223333:repository/ecr-public/karpenter/${chart}`;
    }),
  );
});
