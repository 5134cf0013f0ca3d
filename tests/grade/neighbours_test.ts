/** No printed policy reaches what another cluster of the account owns, whatever the two are called. */
import assert from "node:assert/strict";
import { madeBy } from "../../lib/permissions/names.ts";
import { type PolicyDocument, policyDocuments } from "../../lib/permissions/policies.ts";
import { callerPermissions, cloudFormationPermissions, PERMISSIONS } from "../../lib/permissions/table.ts";
import { policiesOf } from "../../lib/project/policies.ts";
import type { Config } from "../../lib/plan/types.ts";
import { largest, smallest, testImage } from "../infra/config.ts";
import { synthesized } from "../infra/templates.ts";
import { type Deployed, deployedOf, fairSplit, resourceTags, securityGroupOfEks } from "./deployed.ts";
import { isAllowed } from "./iam.ts";

/** Names as short, as usual and as long as they can be. */
const NAMES = ["a", "prod", "research-platform-training-x"];
const ACCOUNT = "123456789012";
const region = "us-west-2";

function configOf(name: string, more: Partial<Config> = {}): Config {
  const images = [testImage("base", { repository: `${name}/base` })];
  return smallest({ name, account: ACCOUNT, images, ...more });
}

/** Names that begin like this one, end like it, or are what its patterns are made of. */
function neighboursOf(name: string): string[] {
  const alike = ["2", "-two", "b", "-b", "-eks", "-vpc", "-eks-eks", "-node"].map((end) => `${name}${end}`);
  const shorter = [name.slice(0, -1), name.slice(0, 20), name.slice(0, 4), `${name.slice(0, 26)}y`];
  const other = [`my-${name}`, `${name.slice(0, -3)}two`, "prod-two", "prod2", "a-b", "ab"];
  return [...new Set([...alike, ...shorter, ...other])].filter((each) => /^[a-z][a-z0-9-]*[a-z0-9]$/.test(each))
    .filter((each) => each !== name);
}

/** The templates are the same for every name but for the name itself. */
const SAMPLE = "sample-of-names";
const templates = { vpc: "", eks: "" };

Deno.test.beforeAll(async () => {
  const { vpc, eks } = await synthesized(largest({ name: SAMPLE, images: configOf(SAMPLE).images }));
  templates.vpc = JSON.stringify(vpc.toJSON().Resources);
  templates.eks = JSON.stringify(eks.toJSON().Resources);
});

/** What unitune, Karpenter and EKS create for a cluster: whatever a printed policy could reach. */
function resourcesOf(name: string): Deployed[] {
  const made = (["vpc", "eks"] as const).flatMap((kind) => {
    const resources = JSON.parse(templates[kind].replaceAll(SAMPLE, name));
    return deployedOf(resources, { cluster: name, region, stack: `${name}-${kind}` });
  });
  const owned = { "unitune:cluster": name, [`kubernetes.io/cluster/${name}`]: "owned" };
  const further = (kind: string, arn: string, tags: Record<string, string> = {}) => ({ type: "", kind, arn, tags });
  const ec2 = ["instance", "network-interface", "volume", "launch-template"].map((kind) => {
    return further(kind, `arn:aws:ec2:${region}:${ACCOUNT}:${kind}/of-${name}`, owned);
  });
  const bucket = made.find(({ kind }) => kind === "bucket")!;
  return [
    ...made,
    ...ec2,
    securityGroupOfEks(name, region),
    { ...bucket, kind: "object", arn: `${bucket.arn}/segments/0123` },
    further("stack", `arn:aws:cloudformation:${region}:${ACCOUNT}:stack/${name}-eks/0123`, owned),
    further("stack", `arn:aws:cloudformation:${region}:${ACCOUNT}:stack/${name}-vpc/0123`, owned),
    further("instance-profile", `arn:aws:iam::${ACCOUNT}:instance-profile/karpenter/${region}/${name}/0123/${name}_1`),
    further("instance-profile", `arn:aws:iam::${ACCOUNT}:instance-profile/${name}-node-${region}`),
    further("repository", `arn:aws:ecr:${region}:${ACCOUNT}:repository/${name}/extra`, owned),
  ];
}

/** Actions that may name any resource: they read, or create what is named as they say. Each has its reason in the table. */
const EVERYWHERE = /:(Describe|Get|List)|^(iam:Simulate|eks:CreateCluster|kms:CreateKey|logs:\w+LogDelivery|route53:)/;

function openActions(): string[] {
  const caller = PERMISSIONS.caller.flatMap(({ permissions }) => permissions);
  const ofCaller = caller.filter(({ everywhere }) => everywhere).flatMap(({ calls, actions }) => {
    return actions ?? Object.keys(calls!);
  });
  return [...ofCaller, "eks:CreateCluster", "kms:CreateKey", "iam:SimulatePrincipalPolicy"].filter((action) =>
    EVERYWHERE.test(action)
  );
}

/** What the policies allow on the resources, with the caller's own tags in the request or with none. */
function reached(name: string, documents: readonly PolicyDocument[], resources: readonly Deployed[]): string[] {
  const statements = documents.flatMap(({ Statement }) => Statement);
  const actions = new Map([...new Set(statements.flatMap(({ Action }) => Action))].map((action) => {
    const Statement = statements.filter(({ Action }) => Action.includes(action));
    return [action, [{ Version: "2012-10-17", Statement }] as const];
  }));
  const open = openActions();
  const requests = [{}, { "aws:RequestTag/unitune:cluster": name }];
  return resources.flatMap(({ arn, tags }) => {
    const service = arn.split(":")[2]!, isOfService = (action: string) => action.startsWith(`${service}:`);
    return [...actions.keys()].filter((action) => isOfService(action) && !open.includes(action)).filter((action) => {
      if (/^(ec2:Describe|logs:DescribeLogGroups|logs:\w+LogDelivery)/.test(action)) return false;
      return requests.some((tag) => {
        const passed = { "iam:PolicyARN": "arn:aws:iam::aws:policy/AdministratorAccess" };
        return isAllowed(actions.get(action)!, {
          action,
          resource: arn,
          context: { ...resourceTags(tags), ...tag, ...passed },
        });
      });
    }).map((action) => `${action} on ${arn}`);
  });
}

/** IAM does not compare the tags of a role that is passed, so only its name counts. */
const PASSES = /^iam:PassRole /;

/** CloudFormation gives the roles of two stacks the same beginning if 25 characters of their names are equal. */
function isCutAlike(one: string, other: string): boolean {
  return `${one}-eks`.slice(0, 25) === `${other}-eks`.slice(0, 25);
}

for (const name of NAMES) {
  Deno.test(`no policy of cluster ${name} reaches what another cluster owns`, async () => {
    const { bootstrap: _, ...policies } = await policiesOf(configOf(name));
    const documents = Object.values(policies).flat();
    for (const neighbour of neighboursOf(name)) {
      const found = reached(name, documents, resourcesOf(neighbour));
      assert.deepEqual(found.filter((each) => !(isCutAlike(name, neighbour) && PASSES.test(each))), [], neighbour);
    }
  });

  Deno.test(`the policies of cluster ${name} reach what is its own`, async () => {
    const { bootstrap: _, ...policies } = await policiesOf(configOf(name));
    const own = resourcesOf(name), found = reached(name, Object.values(policies).flat(), own);
    const reachedArns = new Set(found.map((each) => each.split(" on ")[1]));
    assert.deepEqual(own.filter(({ arn }) => !reachedArns.has(arn)).map(({ arn }) => arn), []);
  });
}

Deno.test("what cluster prod builds and deploys reaches one bucket, and repositories of its own", () => {
  const config = configOf("prod");
  for (const command of ["build", "deploy"] as const) {
    const documents = policyDocuments(callerPermissions(command, config));
    const may = (action: string, resource: string, context = {}) => isAllowed(documents, { action, resource, context });
    assert.ok(may("s3:PutObject", "arn:aws:s3:::prod-eks-buildscontextseb694a8e-abcdef123456/a"));
    assert.ok(!may("s3:PutObject", "arn:aws:s3:::prod-eks-logs-abcdef123456/a"));
    const repository = `arn:aws:ecr:${region}:${ACCOUNT}:repository/prod/base`;
    assert.ok(may("ecr:PutImage", repository, { "aws:ResourceTag/unitune:cluster": "prod" }));
    assert.ok(!may("ecr:PutImage", repository, { "aws:ResourceTag/unitune:cluster": "prod-two" }));
    assert.ok(!may("ecr:PutImage", repository));
  }
});

Deno.test("a pattern that lets a neighbour in is found", () => {
  const open: PolicyDocument[] = [{
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: ["iam:PassRole"], Resource: [`arn:aws:iam::${ACCOUNT}:role/prod-*`] }],
  }];
  assert.ok(reached("prod", open, resourcesOf("prod-two")).length > 5);
});

/** What somebody else has in the account, named like a cluster of unitune's, and without its tag. */
function foreign(name: string): Deployed[] {
  const own = resourcesOf(name);
  return own.map((each) => ({
    ...each,
    arn: each.arn.replace(/-(Access|Builds|CleanUp|ControlPlane|Karpenter|Network|SystemNodes)/, "-Web")
      .replace("-node-", "-web-").replace("buildscontexts", "uploads"),
    tags: {},
  }));
}

Deno.test("the shared role's policies create, and change nothing without unitune's tag but tags, and grants of keys", () => {
  const documents = policyDocuments(cloudFormationPermissions(configOf("prod"), "*"));
  const found = reached("prod", documents, foreign("prod-two")).map((each) => each.split(" on ")[0]!);
  const beyond = found.filter((action) =>
    !/:(Create(?!Tags|Grant)|Describe|List|AllocateAddress|RunInstances)/.test(action)
  );
  assert.deepEqual([...new Set(beyond)].sort(), [
    "ec2:CreateTags",
    "ecr:TagResource",
    // EKS creates associations of add-ons without our tag.
    "eks:DeletePodIdentityAssociation",
    "eks:TagResource",
    "eks:UpdatePodIdentityAssociation",
    "kms:CreateGrant",
    "kms:EnableKeyRotation",
    "kms:TagResource",
    "logs:TagResource",
  ]);
});

Deno.test("generated names are cut as CloudFormation cuts them, and begin as the table says", () => {
  // Real names of a stack of 26 characters: KensioSoftware/yulin, issue 1113.
  assert.deepEqual(fairSplit(63 - 14, "ChineseboostAnalyticsStack".length, 30), [25, 24]);
  assert.deepEqual(fairSplit(64 - 14, "ChineseboostAnalyticsStack".length, 40), [25, 25]);
  const long = "research-platform-training-x";
  assert.deepEqual(madeBy("Karpenter", "prod"), ["prod-eks-Karpenter"]);
  assert.deepEqual(madeBy("Network", long), [
    "research-platform-trainin-Network",
    "research-platform-training-Network",
    "research-platform-training--Network",
    "research-platform-training-x-Network",
  ]);
});
