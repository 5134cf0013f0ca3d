/** What the tests of the Kubernetes adapter ask for, and what it answers with. */
import assert from "node:assert/strict";
import { isUnituneError, type UnituneError } from "../../../lib/core/errors.ts";
import type { KubeObject } from "../../../lib/core/ports.ts";

export const PODS = "/api/v1/namespaces/builds/pods";
export const podRef = { apiVersion: "v1", kind: "Pod", name: "p", namespace: "builds" };

export const pod = (name: string, version: number, uid = name): KubeObject => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name, namespace: "builds", uid, resourceVersion: String(version) },
});

export async function failure(promise: Promise<unknown>): Promise<UnituneError> {
  const error = await promise.then(() => undefined, (error) => error);
  assert.ok(isUnituneError(error), `expected one of our errors, got ${error}`);
  return error;
}
