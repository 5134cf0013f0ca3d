/** The key of volumes: what KMS is asked, and what weaker rights leave open. */
import assert from "node:assert/strict";
import { ebsKey } from "../../lib/checks/ebs_key.ts";
import type { KeysPort } from "../../lib/core/ports.ts";
import { smallest } from "../infra/config.ts";
import { contextOf, denied } from "./context.ts";

const arn = "arn:aws:kms:us-west-2:123456789012:key/01234567-89ab-cdef-0123-456789abcdef";

async function check(key: string | null, port: Partial<KeysPort>): Promise<string[]> {
  const asked: string[] = [];
  const named = (name: keyof KeysPort) => (...args: [string]) => {
    asked.push(name);
    return (port[name] ?? (() => Promise.reject(new Error(`${name} is not to be asked`))))(...args);
  };
  const keys = { key: named("key"), policy: named("policy"), grants: named("grants") } as KeysPort;
  const found = await ebsKey.run(contextOf(smallest({ ebsKey: key }), { keys }));
  return [...found.map(({ code, severity, message }) => `${code} ${severity} ${message}`), asked.join()];
}

Deno.test("without a key of one's own KMS is not asked, and of one that is missing nothing more", async () => {
  assert.deepEqual(await check(null, {}), [""]);
  const [missing, asked] = await check(arn, { key: () => Promise.resolve(null) });
  assert.match(missing!, /^EBS_KEY error must be a key that exists/);
  assert.equal(asked, "key");
});

Deno.test("what may not be read is a note each", async () => {
  const told = await check(arn, {
    key: denied("kms:DescribeKey"),
    policy: denied("kms:GetKeyPolicy"),
    grants: denied("kms:ListGrants"),
  });
  assert.deepEqual(told, [
    "EBS_KEY note not checked without kms:DescribeKey: whether nodes can use the key of their volumes",
    "EBS_KEY note not checked without kms:GetKeyPolicy: who may use the key by its policy",
    "EBS_KEY note not checked without kms:ListGrants: who may use the key by a grant",
    "key,policy,grants",
  ]);
});

Deno.test("a key that is shut out is refused before anything is created", async () => {
  const told = await check(arn, {
    key: () => Promise.resolve({ state: "Disabled", symmetric: true }),
    policy: () => Promise.resolve("{}"),
    grants: () => Promise.resolve([]),
  });
  assert.match(told[0]!, /^EBS_KEY error must be enabled/);
});
