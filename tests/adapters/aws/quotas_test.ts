import assert from "node:assert/strict";
import type { ServiceQuotasClient } from "@aws-sdk/client-service-quotas";
import { quotas } from "../../../lib/adapters/aws/quotas.ts";
import { isUnituneError } from "../../../lib/core/errors.ts";

type Send = (request: unknown, options: { abortSignal: AbortSignal }) => Promise<unknown>;

const clients = (send: Send) => ({ serviceQuotas: () => Promise.resolve({ send } as unknown as ServiceQuotasClient) });

Deno.test("a quota that is not answered in time is given up, as nobody waits for a warning", async () => {
  const silent: Send = (_, { abortSignal }) => {
    return new Promise((_, reject) => abortSignal.addEventListener("abort", () => reject(abortSignal.reason)));
  };
  const error = await quotas(clients(silent), 20).value("ec2", "L-1").then(() => null, (error) => error);
  assert.ok(isUnituneError(error) && error.code === "AWS_UNREACHABLE", String(error));
  assert.match(error.message, /quota L-1: no answer/);
});

Deno.test("a value is told, and null stands for a quota that the region does not have", async () => {
  assert.equal(await quotas(clients(() => Promise.resolve({ Quota: { Value: 8 } }))).value("ec2", "L-1"), 8);
  const absent = () => Promise.reject(Object.assign(new Error("no"), { name: "NoSuchResourceException" }));
  assert.equal(await quotas(clients(absent)).value("ec2", "L-1"), null);
});
