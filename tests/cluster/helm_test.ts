/** Where Helm gets Karpenter from: its makers' registry, a mirror of it, or ECR, where Helm needs a login of its own. */
import assert from "node:assert/strict";
import { parse } from "yaml";
import { chartsHash, helmJob } from "../../lib/cluster/mod.ts";
import { karpenterOf } from "../../lib/config/resolve/karpenter.ts";
import type { Config } from "../../lib/plan/types.ts";
import { envOf, ofKind } from "../objects.ts";
import { config, deployed, scripts, templates } from "./samples.ts";

const ECR = "111122223333.dkr.ecr.us-west-2.amazonaws.com/ecr-public";
const DIGEST = `sha256:${"a".repeat(64)}`;

function from(mirrors: Record<string, string>, digests: Record<string, string> = {}): Config {
  return { ...config, mirrors, karpenter: karpenterOf(config.cluster.version, {}, { mirrors, digests }) };
}

/** What matters here of the Job and of its files. */
function installing(config: Config, action: "install" | "uninstall" = "install") {
  const objects = helmJob({ action, config, deployed, templates, scripts });
  const { initContainers: [login] = [], containers: [helm] } = ofKind(objects, "Job")[0]!.spec!.template.spec!;
  const { data = {} } = ofKind(objects, "ConfigMap")[0]!;
  return {
    login,
    asked: login ? envOf(login) : {},
    helm: helm!,
    env: envOf(helm!),
    files: Object.keys(data),
    controller: parse(data["values.yaml"]!).controller.image,
  };
}

Deno.test("what its makers publish is read without a login, and the chart names its image itself", () => {
  const { login, env, files, controller } = installing(config);
  assert.equal(login, undefined);
  assert.equal(env["DOCKER_CONFIG"], undefined);
  assert.equal(env["KARPENTER_CHART"], "oci://public.ecr.aws/karpenter/karpenter");
  assert.equal(env["KARPENTER_CRD_CHART"], "oci://public.ecr.aws/karpenter/karpenter-crd");
  assert.deepEqual(files, ["run.sh", "values.yaml"]);
  assert.equal(controller, undefined);
});

Deno.test("from a mirror come the charts and the controller, whose digest stays the chart's", () => {
  const mirrored = from({ "public.ecr.aws": "mirror.example.com/aws", "docker.io": "mirror.example.com/hub" });
  const { login, helm, env, controller } = installing(mirrored);
  assert.equal(login, undefined, "Helm reads it as anybody does");
  assert.match(helm.image!, /^mirror\.example\.com\/hub\/alpine\/helm:[\d.]+@sha256:/);
  assert.equal(env["KARPENTER_CHART"], "oci://mirror.example.com/aws/karpenter/karpenter");
  assert.deepEqual(controller, { repository: "mirror.example.com/aws/karpenter/controller" });
});

Deno.test("charts by digest are named by it, beside the version", () => {
  const chart = "public.ecr.aws/karpenter/karpenter:1.14.3", image = "public.ecr.aws/karpenter/controller:1.14.3";
  const pinned = from({}, { [chart]: DIGEST, [image]: DIGEST });
  const { env, controller } = installing(pinned);
  assert.equal(env["KARPENTER_CHART"], `oci://public.ecr.aws/karpenter/karpenter@${DIGEST}`);
  assert.equal(env["KARPENTER_VERSION"], "1.14.3");
  assert.deepEqual(controller, { repository: "public.ecr.aws/karpenter/controller", tag: "1.14.3", digest: DIGEST });
  assert.notEqual(chartsHash(pinned, deployed), chartsHash(config, deployed), "Helm runs again");
});

Deno.test("charts in ECR have Helm logged in first, with the role of its account; to uninstall it needs none", () => {
  const mirrored = from({ "public.ecr.aws": ECR });
  const { login, asked, env, files } = installing({
    ...mirrored,
    builder: { ...config.builder, fetcher: `${ECR}/docker/library/node:24.18.0-slim` },
  });
  assert.equal(login?.image, `${ECR}/docker/library/node:24.18.0-slim`);
  assert.deepEqual(asked, {
    DOCKER_CONFIG: "/home/helm",
    REGISTRIES: "111122223333.dkr.ecr.us-west-2.amazonaws.com",
  });
  assert.equal(env["DOCKER_CONFIG"], asked["DOCKER_CONFIG"]);
  assert.deepEqual(files.toSorted(), ["fetch-context.mjs", "registry-login.mjs", "run.sh", "values.yaml"]);
  const uninstalling = installing(mirrored, "uninstall");
  assert.deepEqual([uninstalling.login, uninstalling.env["DOCKER_CONFIG"]], [undefined, undefined]);
});
