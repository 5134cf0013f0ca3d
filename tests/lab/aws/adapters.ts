/** What the tests of the AWS adapters share: the environment of an emulator, and errors as a user reads them. */
import assert from "node:assert/strict";
import { isUnituneError, type UnituneError } from "../../../lib/core/errors.ts";
import type { Contract } from "./contract.ts";

/** Starts the emulator before a file's tests, with the variables by which the adapters find it; stops it after them. */
export function useEmulator(emulator: Contract): void {
  const variables: Readonly<Record<string, string | undefined>> = {
    AWS_ENDPOINT_URL: emulator.client.endpoint,
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_SESSION_TOKEN: undefined,
    AWS_EC2_METADATA_DISABLED: "true",
  };
  let restore: () => void;
  Deno.test.beforeAll(async () => {
    restore = setVariables(variables);
    await emulator.start();
  });
  Deno.test.afterAll(async () => {
    restore();
    await emulator.stop();
  });
}

/** Sets variables; `undefined` deletes one. Returns what sets them back. */
function setVariables(values: Readonly<Record<string, string | undefined>>): () => void {
  const before = Object.keys(values).map((name) => [name, Deno.env.get(name)] as const);
  const set = (entries: Iterable<readonly [string, string | undefined]>) => {
    for (const [name, value] of entries) value === undefined ? Deno.env.delete(name) : Deno.env.set(name, value);
  };
  set(Object.entries(values));
  return () => set(before);
}

export async function withVariables(
  values: Readonly<Record<string, string | undefined>>,
  check: () => Promise<void>,
): Promise<void> {
  const restore = setVariables(values);
  try {
    await check();
  } finally {
    restore();
  }
}

export async function failure(promise: Promise<unknown>): Promise<UnituneError> {
  const error = await promise.then(() => undefined, (error) => error);
  assert.ok(isUnituneError(error), `expected one of our errors, got ${error}`);
  return error;
}
