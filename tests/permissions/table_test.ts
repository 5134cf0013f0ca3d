import assert from "node:assert/strict";
import * as z from "zod";
import {
  callerPermissions,
  cloudFormationPermissions,
  PERMISSIONS,
  type PermissionsFile,
} from "../../lib/permissions/table.ts";
import { COMMANDS, partsOf, PERMISSION_PARTS } from "../../lib/permissions/parts.ts";
import { policyDocuments } from "../../lib/permissions/policies.ts";
import type { Change, Config } from "../../lib/plan/types.ts";
import { gradedConfigs } from "../grade/configs.ts";
import { largest, smallest, testImage } from "../infra/config.ts";
import { all, type Json, synthesized } from "../infra/templates.ts";

const ACTION = /^[a-z0-9-]+:[A-Za-z0-9]+$/;
const action = z.string().regex(ACTION);
const patterns = z.array(z.string().regex(/^(\*|\{caller\}|arn:\{partition\}:.+)$/)).min(1);
const entry = z.strictObject({
  on: patterns,
  commands: z.array(z.enum(COMMANDS)).min(1),
  when: z.record(z.string(), z.string()).optional(),
  calls: z.record(action, action).optional(),
  actions: z.array(action).optional(),
  reason: z.string().min(10).optional(),
  optional: z.string().min(10).optional(),
});
const file = z.strictObject({
  caller: z.array(z.strictObject({ part: z.enum(PERMISSION_PARTS), does: z.string(), permissions: z.array(entry) })),
  cloudformation: z.strictObject({
    part: z.literal("cloudformation"),
    does: z.string(),
    types: z.record(
      z.string().regex(/^AWS::\w+::\w+$/),
      z.strictObject({
        create: z.array(action).optional(),
        update: z.array(action).optional(),
        delete: z.array(action).optional(),
        also: z.record(action, z.string().min(10)).optional(),
      }),
    ),
    scopes: z.array(
      z.strictObject({ actions: z.array(z.string().regex(/^[a-z0-9-]+:[A-Za-z]*\*?$/)), on: patterns }),
    ),
  }),
});

/** Types of resources in a template that permissions.json has no entry for. */
function missingTypes(types: Iterable<string>, { cloudformation }: PermissionsFile): string[] {
  return [...new Set(types)].filter((type) => !Object.hasOwn(cloudformation.types, type)).sort();
}

async function typesOf(configs: Iterable<Config>): Promise<string[]> {
  const types: string[] = [];
  for (const config of configs) {
    const { vpc, eks } = await synthesized(config);
    types.push(...[...all(vpc), ...all(eks)].map((resource: Json) => resource.Type));
  }
  return types;
}

Deno.test("permissions.json is as its type says, and each entry has either calls or actions with a reason", () => {
  file.parse(PERMISSIONS);
  for (const { part, permissions } of PERMISSIONS.caller) {
    for (const entry of permissions) {
      assert.equal(entry.calls === undefined, entry.actions !== undefined, `${part} ${entry.on}`);
      assert.equal(entry.actions === undefined, entry.reason === undefined, `${part} ${entry.on}`);
    }
  }
});

Deno.test("permissions.json has each part once, in the order of their type, and every command of every entry", () => {
  assert.deepEqual(PERMISSIONS.caller.map(({ part }) => part), [...PERMISSION_PARTS]);
  const named = PERMISSIONS.caller.flatMap(({ permissions }) => permissions.flatMap(({ commands }) => commands));
  assert.deepEqual(COMMANDS.filter((command) => !named.includes(command)), []);
});

Deno.test("a part that a command has no permissions in is a fault: nothing would be checked", () => {
  assert.throws(() => callerPermissions("build", smallest(), { parts: ["images", "data", "leftovers"] }), {
    message: "Cannot check data, leftovers for build: permissions.json has no such permissions",
  });
  const parts = new Set(
    callerPermissions("destroy", smallest(), { parts: ["data", "contexts"] }).map(({ part }) => part),
  );
  assert.deepEqual(parts, new Set(["contexts", "data"]));
});

Deno.test("apply has permissions in every part that a plan's changes need", () => {
  const changes = ["bootstrap", "stacks", "access", "kubernetes", "build"].map((kind) => {
    return { kind, action: "create" } as Change;
  });
  const parts = partsOf(changes);
  const asked = callerPermissions("apply", smallest(), { parts }).map(({ part }) => part);
  assert.deepEqual(parts.filter((part) => !asked.includes(part)), []);
});

Deno.test("every type of resource in every stack has its actions, and no type is listed that no stack has", async () => {
  const types = await typesOf([smallest(), largest(), ...(await gradedConfigs()).values()]);
  assert.deepEqual(missingTypes(types, PERMISSIONS), []);
  assert.deepEqual(Object.keys(PERMISSIONS.cloudformation.types).filter((type) => !types.includes(type)), []);
  assert.deepEqual(missingTypes([...types, "AWS::RDS::DBCluster"], PERMISSIONS), ["AWS::RDS::DBCluster"]);
});

Deno.test("every action of CloudFormation's role has a scope, and every scope is that of some action", () => {
  const permissions = cloudFormationPermissions(largest());
  const scopes = new Set(permissions.map(({ resources }) => JSON.stringify(resources)));
  assert.equal(scopes.size, PERMISSIONS.cloudformation.scopes.length);
});

Deno.test("placeholders are filled in: by the config alone, or with what the caller is known to be", () => {
  const config = largest({
    region: "us-gov-west-1",
    images: ["acme-ml-prod/app", "shared/tools", "shared/base"].map((repository) => testImage("app", { repository })),
  });
  const put = (caller?: Parameters<typeof callerPermissions>[2]) => {
    return callerPermissions("build", config, caller).filter(({ action }) => action === "ecr:PutImage");
  };
  assert.deepEqual(put(), [{
    action: "ecr:PutImage",
    resources: [
      "arn:aws-us-gov:ecr:us-gov-west-1:*:repository/acme-ml-prod/*",
      "arn:aws-us-gov:ecr:us-gov-west-1:*:repository/shared/base",
      "arn:aws-us-gov:ecr:us-gov-west-1:*:repository/shared/tools",
    ],
    part: "images",
  }]);
  const principalArn = "arn:aws-us-gov:iam::123456789012:role/ops/ci";
  const caller = { account: "123456789012", partition: "aws-us-gov", principalArn };
  assert.match(put({ caller })[0]!.resources[0]!, /^arn:aws-us-gov:ecr:us-gov-west-1:123456789012:/);
  const who = callerPermissions("apply", config, { parts: ["identity"], caller });
  assert.deepEqual(who.find(({ action }) => action === "iam:SimulatePrincipalPolicy")?.resources, [principalArn]);
  const everything = [...COMMANDS.flatMap((command) => callerPermissions(command, config)), ...put({ caller })];
  const left = [...everything, ...cloudFormationPermissions(config)].filter((each) =>
    /[{}]/.test(JSON.stringify(each.resources))
  );
  assert.deepEqual(left, []);
});

Deno.test("what removes instances, templates, interfaces, load balancers, groups, disks or repositories is tied to this cluster's tags", () => {
  const destroy = callerPermissions("destroy", smallest());
  const removing = /^((ec2|elasticloadbalancing):(Terminate|Delete)|ecr:Delete)/;
  for (const { action, when } of destroy.filter(({ action }) => removing.test(action))) {
    assert.ok(
      Object.entries(when ?? {}).some(([key, value]) =>
        /^aws:ResourceTag\//.test(key) && `${key}${value}`.includes("acme")
      ),
      action,
    );
  }
  assert.equal(destroy.filter(({ action }) => removing.test(action)).length, 11);
});

Deno.test("policies are least privilege: no wildcard action, and all resources only where IAM knows no other", () => {
  const open =
    /^(sts:GetCallerIdentity|cloudformation:ListStacks|(ec2|elasticloadbalancing):Describe\w+|eks:(CreateCluster|DescribeAddonVersions)|iam:ListInstanceProfiles|kms:CreateKey|logs:(DescribeLogGroups|(Create|Delete)LogDelivery)|route53:AssociateVPCWithHostedZone)$/;
  const config = smallest();
  const documents = [
    ...COMMANDS.flatMap((command) => policyDocuments(callerPermissions(command, config))),
    ...policyDocuments(cloudFormationPermissions(config)),
  ];
  for (const { Action, Resource } of documents.flatMap(({ Statement }) => Statement)) {
    for (const each of Action) {
      assert.match(each, ACTION);
      if (Resource.includes("*")) assert.match(each, open);
    }
  }
});

Deno.test("each command's policy is one managed policy of IAM, and CloudFormation's are two", () => {
  const config = largest();
  const number = COMMANDS.map((command) => policyDocuments(callerPermissions(command, config)).length);
  assert.deepEqual(number, COMMANDS.map(() => 1));
  assert.equal(policyDocuments(cloudFormationPermissions(config)).length, 2);
});
