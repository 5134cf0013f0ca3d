/** Which parameters stand for a pool's machine images, and what is said of a release that there is not. */
import assert from "node:assert/strict";
import { amiProblem, parameterOf, pathOf, releasesOf, type WantedAmi, wantedAmis } from "../../lib/plan/amis.ts";
import { smallest } from "../infra/config.ts";
import { cpu, tune } from "../cluster/samples.ts";

const bottlerocket: WantedAmi = {
  pool: "cpu",
  family: "bottlerocket",
  kubernetes: "1.35",
  arch: "arm64",
  nvidia: false,
  release: "v1.50.0",
};

Deno.test("a pool is asked for each of its architectures, and one with GPUs for NVIDIA's variant", () => {
  const pools = [{ ...cpu, ami: "al2023@v20261023", arch: ["amd64", "arm64"] as const }, tune];
  const wanted = wantedAmis(smallest({ pools }));
  assert.deepEqual(wanted.map(({ pool, arch, nvidia }) => `${pool} ${arch} ${nvidia}`), [
    "cpu amd64 false",
    "cpu arm64 false",
    "tune amd64 true",
  ]);
  assert.deepEqual([wanted[0]!.family, wanted[0]!.release, wanted[0]!.kubernetes], ["al2023", "v20261023", "1.35"]);
});

Deno.test("parameters have the names by which Karpenter asks for an alias", () => {
  assert.equal(parameterOf(bottlerocket), "/aws/service/bottlerocket/aws-k8s-1.35/arm64/1.50.0/image_id");
  assert.equal(
    parameterOf({ ...bottlerocket, arch: "amd64", nvidia: true }),
    "/aws/service/bottlerocket/aws-k8s-1.35-nvidia/x86_64/1.50.0/image_id",
  );
  assert.equal(
    parameterOf({ ...bottlerocket, family: "al2023", arch: "amd64", nvidia: true, release: "v20261023" }),
    "/aws/service/eks/optimized-ami/1.35/amazon-linux-2023/x86_64/nvidia/" +
      "amazon-eks-node-al2023-x86_64-nvidia-1.35-v20261023/image_id",
  );
});

Deno.test("releases are read out of the names of parameters, newest first, without the names that move", () => {
  const path = pathOf(bottlerocket);
  assert.deepEqual(
    releasesOf([
      `${path}/1.9.0/image_id`,
      `${path}/1.66.0/image_id`,
      `${path}/1.66.0/image_version`,
      `${path}/latest/image_id`,
      `${path}/1.53.0/image_id`,
    ]),
    ["v1.66.0", "v1.53.0", "v1.9.0"],
  );
  const al2023 = pathOf({ ...bottlerocket, family: "al2023" });
  const names = ["v20260903", "v20261023"].map((release) =>
    `${al2023}/amazon-eks-node-al2023-arm64-standard-1.35-${release}/image_id`
  );
  assert.deepEqual(releasesOf([...names, `${al2023}/recommended/image_id`]), ["v20261023", "v20260903"]);
});

Deno.test("a release that there is not is told with the newest that there are, the first one, and what to write", () => {
  const releases = ["v1.66.0", "v1.65.0", "v1.64.0", "v1.63.0", "v1.62.0", "v1.53.0"];
  assert.deepEqual(amiProblem(bottlerocket, releases, "us-west-2"), {
    path: "pools.cpu.ami",
    message:
      "must be a bottlerocket release with Kubernetes 1.35 for arm64: found bottlerocket@v1.50.0; us-west-2 has " +
      "v1.66.0, v1.65.0, v1.64.0, v1.63.0 and 2 older, the first v1.53.0",
    hint: 'write ami: "bottlerocket@v1.66.0"',
  });
  const pinned = amiProblem({ ...bottlerocket, release: "v1.66.0", nvidia: true }, ["v1.65.0"], "us-west-2");
  assert.match(
    pinned.message,
    /NVIDIA's driver .*v1\.66\.0, which this version of unitune pins; us-west-2 has v1\.65\.0$/,
  );
});

Deno.test("where there is none at all, the other family is the way out", () => {
  const { message, hint } = amiProblem({ ...bottlerocket, kubernetes: "1.37" }, [], "eu-south-2");
  assert.match(message, /eu-south-2 has no release$/);
  assert.equal(hint, 'write ami: "al2023", or another cluster.version');
});
