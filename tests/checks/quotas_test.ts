/** The check of quotas: what it asks for. */
import assert from "node:assert/strict";
import { UnituneError } from "../../lib/core/errors.ts";
import { quotas } from "../../lib/checks/quotas.ts";
import { ownNetwork, smallest } from "../infra/config.ts";
import { contextOf, denied, told } from "./context.ts";

const config = smallest({ network: ownNetwork({ nat: "single" }) });

Deno.test("each quota is asked for once; one that the region does not have is not judged", async () => {
  const asked: string[] = [];
  const value = (service: string, code: string) => {
    asked.push(`${service} ${code}`);
    return Promise.resolve(service === "vpc" ? 0 : null);
  };
  const lines = await told(quotas, contextOf(config, { quotas: { value } }));
  assert.deepEqual(asked, ["vpc L-F678F1CE", "ec2 L-0263D0A3"]);
  assert.deepEqual(lines.length, 1);
  assert.match(
    lines[0]!,
    /^network {2}needs at least 1 VPCs of quota "VPCs per Region": this account has 0 — aws service-quotas/,
  );
});

Deno.test("without the right to read them, the check says what was not checked", async () => {
  const lines = await told(quotas, contextOf(config, { quotas: { value: denied("servicequotas:GetServiceQuota") } }));
  assert.deepEqual(lines, [
    "not checked without servicequotas:GetServiceQuota: whether the account's quotas allow what the pools may launch",
  ]);
});

Deno.test("where Service Quotas does not answer, the check says so and refuses nothing; other faults end it", async () => {
  const value = (code: "AWS_UNREACHABLE" | "AWS_CALL") => () => Promise.reject(new UnituneError(code, "no answer"));
  assert.deepEqual(await told(quotas, contextOf(config, { quotas: { value: value("AWS_UNREACHABLE") } })), [
    "not checked: whether the account's quotas allow what the pools may launch (no answer)",
  ]);
  await assert.rejects(told(quotas, contextOf(config, { quotas: { value: value("AWS_CALL") } })), /no answer/);
});
