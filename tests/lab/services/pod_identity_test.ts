import assert from "node:assert/strict";
import { patchOf, type Pod } from "./pod_identity.ts";

const pod: Pod = {
  metadata: { annotations: { "eks.amazonaws.com/skip-containers": "buildkit, other" } },
  spec: {
    initContainers: [{ name: "fetch", env: [{ name: "AWS_REGION" }], volumeMounts: [{ name: "w" }] }],
    containers: [{ name: "buildkit" }],
  },
};

Deno.test("a pod gets a token volume, and each container that is not skipped its environment", () => {
  const patch = patchOf(pod, "us-west-2", "http://10.88.0.1:4566");
  assert.deepEqual(patch.map((each) => each.path), [
    "/spec/initContainers/0/env",
    "/spec/initContainers/0/volumeMounts",
    "/spec/volumes",
  ]);
  const env = patch[0]!.value as { name: string; value?: string }[];
  assert.deepEqual(env.filter((each) => each.name === "AWS_REGION"), [{ name: "AWS_REGION" }], "its own stays");
  const value = (name: string) => env.find((each) => each.name === name)?.value;
  assert.equal(value("AWS_CONTAINER_CREDENTIALS_FULL_URI"), "http://169.254.170.23/v1/credentials");
  assert.equal(
    value("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"),
    "/var/run/secrets/pods.eks.amazonaws.com/serviceaccount/eks-pod-identity-token",
  );
  assert.equal(value("AWS_ENDPOINT_URL"), "http://10.88.0.1:4566");
  assert.equal((patch[1]!.value as unknown[]).length, 2, "its own mount stays");
});

Deno.test("a pod whose containers are all skipped is left alone", () => {
  const skipped: Pod = { ...pod, spec: { containers: [{ name: "buildkit" }] } };
  assert.deepEqual(patchOf(skipped, "us-west-2", "http://10.88.0.1:4566"), []);
});

Deno.test("a pod that was patched already is left alone", () => {
  const patched: Pod = { ...pod, spec: { ...pod.spec, volumes: [{ name: "eks-pod-identity-token" }] } };
  assert.deepEqual(patchOf(patched, "us-west-2", "http://10.88.0.1:4566"), []);
});
