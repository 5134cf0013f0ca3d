/** The check that the lab's recording goes through: it can fail, in each of its ways. */
import assert from "node:assert/strict";
import type { Command, PermissionPart } from "../../lib/permissions/parts.ts";
import { type Entry, PERMISSIONS } from "../../lib/permissions/table.ts";
import { type Call, callOf, callsOf, complaints, type Request } from "../lab/permissions.ts";

/** As if every command had made each of its calls. */
const complete: Call[] = PERMISSIONS.caller.flatMap(({ permissions }) => {
  return permissions.flatMap(({ commands, calls = {} }) => {
    return commands.flatMap((command) => Object.values(calls).map((call) => ({ command, call })));
  });
});

function with_(part: PermissionPart, change: (entries: readonly Entry[]) => readonly Entry[]) {
  return {
    caller: PERMISSIONS.caller.map((each) => {
      return each.part === part ? { ...each, permissions: change(each.permissions) } : each;
    }),
  };
}

function request(over: Partial<Request>): Request {
  return {
    service: "s3",
    action: "",
    method: "GET",
    path: "/bucket",
    query: [],
    agent: "aws-sdk-js",
    accessKey: "CALLER",
    ...over,
  };
}

Deno.test("a recording with every call answers permissions.json", () => {
  assert.deepEqual(complaints(PERMISSIONS, complete), []);
});

Deno.test("an entry that is taken out is missed by the calls that need it", () => {
  const without = with_("images", (entries) => {
    return entries.map(({ calls, ...entry }) => {
      const { "ecr:PutImage": _, ...others } = calls ?? {};
      return { ...entry, calls: others };
    });
  });
  assert.deepEqual(
    complaints(without, complete),
    ["apply", "build", "deploy"].map((command) => {
      return `${command} calls ecr:PutImage: permissions.json has no entry ecr:PutImage for it`;
    }),
  );
});

Deno.test("an entry that nothing calls is found, for each of its commands; with a reason it may stay", () => {
  const on = ["*"], commands: Command[] = ["apply", "destroy"];
  const bogus = with_(
    "access",
    (entries) => [...entries, { on, commands, calls: { "ec2:DescribeImages": "ec2:DescribeImages" } }],
  );
  assert.deepEqual(complaints(bogus, complete), [
    "ec2:DescribeImages (access): it is not the action of ec2:DescribeImages",
    "ec2:DescribeImages (access): apply did not call ec2:DescribeImages, and no reason is given",
    "ec2:DescribeImages (access): destroy did not call ec2:DescribeImages, and no reason is given",
  ]);
  const unexplained = with_("access", (entries) => [...entries, { on, commands, actions: ["iam:PassRole"] }]);
  assert.deepEqual(complaints(unexplained, complete), ["iam:PassRole (access): neither a call nor a reason"]);
  const explained = with_(
    "access",
    (entries) => [...entries, { on, commands, actions: ["iam:PassRole"], reason: "why" }],
  );
  assert.deepEqual(complaints(explained, complete), []);
});

Deno.test("a call that only another command has an entry for, and a call that the table does not know, are found", () => {
  assert.deepEqual(complaints(PERMISSIONS, [...complete, { command: "plan", call: "s3:PutObject" }]), [
    "plan calls s3:PutObject: permissions.json has no entry s3:PutObject for it",
  ]);
  assert.deepEqual(complaints(PERMISSIONS, [...complete, { command: "plan", call: "ec2:RunInstances" }]), [
    "plan calls ec2:RunInstances: the table has no action for it",
  ]);
});

Deno.test("an entry that names the wrong action for its call is found", () => {
  const wrong = with_("contexts", (entries) => {
    return entries.map((entry) =>
      entry.calls?.["s3:DeleteObject"] ? { ...entry, calls: { "s3:DeleteBucket": "s3:DeleteObjects" } } : entry
    );
  });
  assert.ok(
    complaints(wrong, complete).includes("s3:DeleteBucket (contexts): it is not the action of s3:DeleteObjects"),
  );
});

Deno.test("requests are named as the API names them", () => {
  const names = [
    request({ service: "ecr", action: "PutImage" }),
    request({ method: "HEAD", path: "/bucket/key" }),
    request({ query: ["list-type"] }),
    request({ query: ["uploads"] }),
    request({ query: ["tagging"] }),
    request({ method: "POST", query: ["delete"] }),
    request({ method: "PUT", path: "/bucket/a/b", query: ["x-id"] }),
    request({ method: "DELETE", path: "/bucket/a", query: ["uploadId", "x-id"] }),
    request({ method: "DELETE", path: "/bucket/a" }),
    request({ method: "DELETE", path: "/bucket" }),
  ].map(callOf);
  assert.deepEqual(names, [
    "ecr:PutImage",
    "s3:HeadObject",
    "s3:ListObjectsV2",
    "s3:ListMultipartUploads",
    "s3:GetBucketTagging",
    "s3:DeleteObjects",
    "s3:PutObject",
    "s3:AbortMultipartUpload",
    "s3:DeleteObject",
    "s3:DELETE /bucket?",
  ]);
});

Deno.test("only the caller's own calls count: neither those of the bootstrap's roles nor those of pods", () => {
  const sessions = [
    { accessKey: "DEPLOY", arn: "arn:aws:sts::1:assumed-role/cdk-hnb659fds-deploy-role-1-us-west-2/aws-cdk" },
    { accessKey: "POD", arn: "arn:aws:sts::1:assumed-role/acme-eks-Karpenter/eks" },
  ];
  const requests = [
    request({ service: "sts", action: "AssumeRole" }),
    request({ service: "cloudformation", action: "CreateChangeSet", agent: "cdk", accessKey: "DEPLOY" }),
    request({ service: "ec2", action: "RunInstances", agent: "karpenter", accessKey: "POD" }),
  ];
  assert.deepEqual(callsOf("apply", requests, "CALLER", sessions), [{ command: "apply", call: "sts:AssumeRole" }]);
  const stray = request({ service: "ecr", action: "PutImage", agent: "unitune", accessKey: "POD" });
  assert.throws(
    () => callsOf("build", [stray], "CALLER", sessions),
    /build called ecr:PutImage with the unknown key POD/,
  );
});
