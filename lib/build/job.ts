/** A build as Kubernetes objects: the ConfigMap with the script that fetches the context, and the Job. */
import { createHash } from "node:crypto";
import { parse } from "yaml";
import { archOf } from "../core/names.ts";
import { CLUSTER, PINS } from "../core/pins.ts";
import type { KubeObject } from "../core/ports.ts";
import type { Builder, JobSpec } from "../plan/types.ts";
import { dockerfileName } from "./segments.ts";

const SCRIPT = "fetch-context.mjs";

/** In order of their making, the Job last. `template` is `build-job.yaml`, `script` the text of `fetch-context.mjs`. */
export function buildJob(spec: JobSpec, builder: Builder, template: string, script: string): KubeObject[] {
  const configMap = scriptObject(script);
  const job = parse(template, { version: "1.1" });
  const { image } = spec.build;
  const labels = { [CLUSTER.managedByLabel]: CLUSTER.managedBy, [CLUSTER.imageLabel]: image.name };
  const annotations = { [CLUSTER.keyAnnotation]: spec.build.key };
  const pod = job.spec.template;
  const [fetcher] = pod.spec.initContainers;
  const [buildkit] = pod.spec.containers;
  return [configMap, {
    ...job,
    metadata: { ...job.metadata, name: spec.name, labels, annotations },
    spec: {
      ...job.spec,
      ttlSecondsAfterFinished: builder.ttlSeconds,
      activeDeadlineSeconds: image.timeoutSeconds,
      template: {
        metadata: { labels, annotations: { ...pod.metadata.annotations, ...annotations } },
        spec: {
          ...pod.spec,
          nodeSelector: { "karpenter.sh/nodepool": spec.pool.name, "kubernetes.io/arch": archOf(spec.platform) },
          tolerations: spec.pool.taints.map(({ key, value, effect }) => ({ key, operator: "Equal", value, effect })),
          initContainers: [{ ...fetcher, image: PINS.fetcherImage, env: fetchEnv(spec) }],
          containers: [{ ...buildkit, ...buildkitFields(spec, builder) }],
          volumes: pod.spec.volumes.map((volume: { name: string }) => {
            return volume.name === "script" ? { ...volume, configMap: { name: configMap.metadata.name } } : volume;
          }),
        },
      },
    },
  }];
}

/** Named by its content: Jobs of two versions of unitune never share a script. */
function scriptObject(script: string): KubeObject {
  const hash = createHash("sha256").update(script).digest("hex").slice(0, 12);
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: {
      name: `fetch-context-${hash}`,
      namespace: CLUSTER.buildNamespace,
      labels: { [CLUSTER.managedByLabel]: CLUSTER.managedBy },
    },
    data: { [SCRIPT]: script },
  };
}

function fetchEnv(spec: JobSpec): { name: string; value: string }[] {
  const account = spec.registry.split(".")[0]!, region = spec.registry.split(".")[3]!;
  const repositories = Object.values(spec.needs).map((ref) => ref.slice(ref.indexOf("/") + 1).split(/[@:]/)[0]!);
  return Object.entries({
    CONTEXT_BUCKET: spec.context.bucket,
    CONTEXT_LIST: spec.context.listKey,
    CONTEXT_SHA256: spec.context.listDigest,
    PUSH_ROLE: spec.pushRoleArn,
    REGISTRY: spec.registry,
    REGISTRY_ACCOUNT: account,
    REGISTRY_REGION: region,
    PUSH_REPOSITORY: spec.build.image.repository,
    PULL_REPOSITORIES: [...new Set(repositories)].sort().join(","),
  }).map(([name, value]) => ({ name, value }));
}

function buildkitFields(spec: JobSpec, builder: Builder): Record<string, unknown> {
  const { cpu, memory } = spec.build.image.resources;
  // Rootless: uid 1000 in user namespaces; seccomp and AppArmor would refuse the mounts that BuildKit makes there.
  const securityContext = builder.rootless
    ? {
      runAsUser: 1000,
      runAsGroup: 1000,
      seccompProfile: { type: "Unconfined" },
      appArmorProfile: { type: "Unconfined" },
    }
    : { privileged: true };
  return {
    image: builder.image,
    args: buildctlArgs(spec),
    env: [
      { name: "DOCKER_CONFIG", value: "/docker" },
      { name: "SOURCE_DATE_EPOCH", value: "0" },
      ...(builder.rootless ? [{ name: "BUILDKITD_FLAGS", value: "--oci-worker-no-process-sandbox" }] : []),
    ],
    securityContext,
    resources: { requests: { cpu, memory } },
  };
}

/** Arguments of `buildctl build`. */
export function buildctlArgs(spec: JobSpec): string[] {
  const { image, key } = spec.build;
  const options: [string, string][] = [
    ["filename", dockerfileName(image.dockerfile)],
    ["platform", spec.platform],
    ...(image.target ? [["target", image.target] as [string, string]] : []),
    ...Object.entries(image.args).map(([name, value]): [string, string] => [`build-arg:${name}`, value]),
    ["build-arg:SOURCE_DATE_EPOCH", "0"],
    ...Object.entries(image.labels).map(([name, value]): [string, string] => [`label:${name}`, value]),
    ...Object.entries(spec.needs).map((
      [alias, ref],
    ): [string, string] => [`context:${alias}`, `docker-image://${ref}`]),
  ];
  const repository = `${spec.registry}/${image.repository}`;
  const cache = `type=registry,ref=${repository}:buildcache`;
  const output = [
    "type=image",
    `name=${repository}:${spec.tag}`,
    "push=true",
    "oci-mediatypes=true",
    "rewrite-timestamp=true",
    `annotation.${CLUSTER.imageKeyAnnotation}=${key}`,
  ];
  return [
    "--progress=plain",
    "--frontend=dockerfile.v0",
    "--local=context=/workspace/context",
    "--local=dockerfile=/workspace/dockerfile",
    ...options.map(([name, value]) => `--opt=${name}=${value}`),
    `--output=${output.join(",")}`,
    `--import-cache=${cache}`,
    `--export-cache=${cache},mode=max,image-manifest=true,oci-mediatypes=true,ignore-error=true`,
  ];
}
