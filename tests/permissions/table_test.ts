import assert from "node:assert/strict";
import * as z from "zod";
import {
  callerPermissions,
  cloudFormationPermissions,
  type Entry,
  PERMISSIONS,
  type PermissionsFile,
} from "../../lib/permissions/table.ts";
import { COMMANDS, partsOf, PERMISSION_PARTS } from "../../lib/permissions/parts.ts";
import { ANY_CLUSTER } from "../../lib/permissions/names.ts";
import { type PolicyDocument, policyDocuments } from "../../lib/permissions/policies.ts";
import type { Change, Config } from "../../lib/plan/types.ts";
import { gradedConfigs } from "../grade/configs.ts";
import { largest, smallest, testImage } from "../infra/config.ts";
import { all, type Json, synthesized } from "../infra/templates.ts";

const ACTION = /^[a-z0-9-]+:[A-Za-z0-9]+$/;
const action = z.string().regex(ACTION);
const where = {
  on: z.array(z.string().regex(/^(\*|\{caller\}|\{ebsKey\}|arn:\{partition\}:.+)$/)).min(1),
  when: z.partialRecord(
    z.enum(["StringEquals", "StringEqualsIfExists", "StringLike", "StringLikeIfExists", "ArnLike"]),
    z.record(z.string(), z.union([z.string(), z.array(z.string())])),
  ).optional(),
  everywhere: z.string().min(10).optional(),
};
const entry = z.strictObject({
  ...where,
  commands: z.array(z.enum(COMMANDS)).min(1),
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
      z.strictObject({
        ...where,
        actions: z.array(z.string().regex(/^[a-z0-9-]+:[A-Za-z]*\*?$/)),
        or: z.array(z.strictObject(where)).optional(),
      }),
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
  const actions = [...new Set(cloudFormationPermissions(largest(), "acme").map(({ action }) => action))];
  const { scopes } = PERMISSIONS.cloudformation;
  const isNamed = (action: string, { actions }: { readonly actions: readonly string[] }) => {
    return actions.some((each) => each.endsWith("*") ? action.startsWith(each.slice(0, -1)) : action === each);
  };
  const used = new Set(actions.map((action) => scopes.find((scope) => isNamed(action, scope))));
  assert.deepEqual(scopes.filter((scope) => !used.has(scope)), []);
});

Deno.test("placeholders are filled in: by the config alone, or with what the caller is known to be", () => {
  const config = largest({
    region: "us-gov-west-1",
    images: ["acme-ml-prod/app", "shared/tools", "shared/base"].map((repository) => testImage("app", { repository })),
  });
  const tagged = { StringEquals: { "aws:ResourceTag/unitune:cluster": "acme-ml-prod" } };
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
    when: tagged,
  }]);
  const principalArn = "arn:aws-us-gov:iam::123456789012:role/ops/ci";
  const caller = { account: "123456789012", partition: "aws-us-gov", principalArn };
  assert.match(put({ caller })[0]!.resources[0]!, /^arn:aws-us-gov:ecr:us-gov-west-1:123456789012:/);
  const who = callerPermissions("apply", config, { parts: ["identity"], caller });
  assert.deepEqual(who.find(({ action }) => action === "iam:SimulatePrincipalPolicy")?.resources, [principalArn]);
  const everything = [...COMMANDS.flatMap((command) => callerPermissions(command, config)), ...put({ caller })];
  const forRoles = [config.name, ANY_CLUSTER].flatMap((cluster) => cloudFormationPermissions(config, cluster));
  const left = [...everything, ...forRoles].filter(({ resources, when }) =>
    /\{\w/.test(`${resources} ${JSON.stringify(Object.values(when ?? {})).replaceAll('{"', "")}`)
  );
  assert.deepEqual(left, []);
});

Deno.test("what removes instances, templates, interfaces, load balancers, groups, disks or repositories is tied to this cluster's tags", () => {
  const destroy = callerPermissions("destroy", smallest());
  const removing = /^((ec2|elasticloadbalancing):(Terminate|Delete)|ecr:Delete)/;
  for (const { action, when } of destroy.filter(({ action }) => removing.test(action))) {
    assert.ok(
      Object.entries(when?.["StringEquals"] ?? {}).some(([key, value]) =>
        /^aws:ResourceTag\//.test(key) && `${key}${value}`.includes("acme")
      ),
      action,
    );
  }
  assert.equal(destroy.filter(({ action }) => removing.test(action)).length, 11);
});

Deno.test("no policy has a wildcard in an action", () => {
  for (const { Action } of documentsOf(smallest()).flatMap(({ Statement }) => Statement)) {
    for (const each of Action) assert.match(each, ACTION);
  }
});

Deno.test("all resources stand in permissions.json with the reason beside them, and a reason stands with nothing else", () => {
  const caller = PERMISSIONS.caller.flatMap(({ permissions }) => permissions);
  const role = PERMISSIONS.cloudformation.scopes.flatMap((scope) => [scope, ...scope.or ?? []]);
  const shared = [/cdk-hnb659fds/, /aws-service-role/, /::parameter\/aws\//, /CDKToolkit/, /policy\/unitune\//];
  const isOpen = ({ on, when = {} }: { on: readonly string[]; when?: Entry["when"] }) => {
    const tied = Object.entries(when).some(([operator, keys]) => {
      return !operator.endsWith("IfExists") && Object.keys(keys).some((key) => /^aws:ResourceTag\//.test(key));
    });
    const named = on.filter((each) => !shared.some((one) => one.test(each)));
    return !tied &&
      named.some((each) => each === "*" || /(:|\/)\*$/.test(each.replace(/\{(name|made|whole|bucket).*/, "tied")));
  };
  for (const each of [...caller, ...role]) {
    assert.equal(each.everywhere !== undefined, isOpen(each), JSON.stringify(each));
  }
});

Deno.test("a boundary is a condition of every action on roles that can have it, and nothing may remove it", () => {
  const permissionsBoundary = "arn:aws:iam::123456789012:policy/limits";
  const config = smallest({ iam: { rolePath: "/", permissionsBoundary } });
  const needs = [config.name, ANY_CLUSTER].flatMap((cluster) => {
    return policyDocuments(cloudFormationPermissions(config, cluster)).flatMap(({ Statement }) => Statement);
  });
  const found = new Set<string>();
  for (const { Action, Condition } of needs) {
    for (const action of Action.filter((action) => /^iam:(Create|Attach|Detach|Put|Delete)Role/.test(action))) {
      if (action === "iam:DeleteRole") continue;
      found.add(action);
      assert.equal(Condition?.["StringEquals"]?.["iam:PermissionsBoundary"], permissionsBoundary, action);
    }
  }
  assert.deepEqual([...found].sort(), [
    "iam:AttachRolePolicy",
    "iam:CreateRole",
    "iam:DeleteRolePolicy",
    "iam:DetachRolePolicy",
    "iam:PutRolePermissionsBoundary",
    "iam:PutRolePolicy",
  ]);
  const without = JSON.stringify(documentsOf(smallest()));
  assert.ok(!JSON.stringify(needs).includes("DeleteRolePermissionsBoundary"));
  assert.ok(without.includes("iam:DeleteRolePermissionsBoundary") && !without.includes("iam:PermissionsBoundary"));
});

Deno.test("a key of the user's own is named whole, and no key at all if there is none", () => {
  const ebsKey = "arn:aws:kms:us-west-2:123456789012:key/01234567-89ab-cdef-0123-456789abcdef";
  const keys = (config: Config) => callerPermissions("plan", config).filter(({ action }) => action.startsWith("kms:"));
  assert.deepEqual(keys(smallest()), []);
  assert.deepEqual([...new Set(keys(smallest({ ebsKey })).flatMap(({ resources }) => resources))], [ebsKey]);
});

Deno.test("each command's policy is one managed policy of IAM, and those of roles are fewer than a role may have", () => {
  const config = largest();
  const number = COMMANDS.map((command) => policyDocuments(callerPermissions(command, config)).length);
  assert.deepEqual(number, COMMANDS.map(() => 1));
  assert.equal(policyDocuments(cloudFormationPermissions(config, ANY_CLUSTER)).length, 2);
});

function documentsOf(config: Config): PolicyDocument[] {
  return [
    ...COMMANDS.flatMap((command) => policyDocuments(callerPermissions(command, config))),
    ...[config.name, ANY_CLUSTER].flatMap((cluster) => policyDocuments(cloudFormationPermissions(config, cluster))),
  ];
}
