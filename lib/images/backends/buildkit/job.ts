/** A build as Kubernetes objects: the ConfigMap with the script that fetches the context, and the Job. */
import { createHash } from "node:crypto";
import { parse } from "yaml";
import { BUILD_TAGS } from "../../../core/facts/repositories.ts";
import { archOf } from "../../../core/names.ts";
import { CLUSTER } from "../../../core/pins.ts";
import type { KubeObject } from "../../../core/ports.ts";
import type { Builder, JobSpec, Pool, Taint } from "../../../plan/types.ts";
import { daemonConfig } from "./buildkitd.ts";
import { compareCodeUnits } from "../../context.ts";
import { annotationsOn } from "../../disruption.ts";
import { isolatedPod } from "./isolation.ts";
import { secretArgs, secretMount } from "../../secret.ts";
import { dockerfileName } from "../../segments.ts";

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
  const secrets = Object.keys(image.secrets).length > 0 ? secretMount(spec.name) : null;
  const daemon = daemonConfig(builder.registries);
  const extras = [secrets, daemon].filter((extra) => extra !== null);
  return [configMap, ...(daemon ? [daemon.object] : []), {
    ...job,
    metadata: { ...job.metadata, name: spec.name, labels, annotations },
    spec: {
      ...job.spec,
      // Its Secret can name it as its owner only when it is there; then it is resumed.
      ...(secrets && { suspend: true }),
      ttlSecondsAfterFinished: builder.ttlSeconds,
      activeDeadlineSeconds: image.timeoutSeconds,
      template: {
        metadata: {
          labels: { ...labels },
          annotations: { ...annotationsOn(spec.pool, pod.metadata.annotations), ...annotations },
        },
        spec: {
          ...pod.spec,
          ...isolatedPod(builder.isolation).pod,
          nodeSelector: { "karpenter.sh/nodepool": spec.pool.name, "kubernetes.io/arch": archOf(spec.platform) },
          tolerations: taintsOf(spec.pool).map(({ key, value, effect }) => ({ key, operator: "Equal", value, effect })),
          initContainers: [{
            ...fetcher,
            image: builder.fetcher,
            env: [...fetcher.env, ...fetchEnv(spec, builder.pulls)],
          }],
          containers: [buildkitContainer(buildkit, spec, builder, extras.map(({ mount }) => mount))],
          volumes: [
            ...pod.spec.volumes.map((volume: { name: string }) => {
              return volume.name === "script" ? { ...volume, configMap: { name: configMap.metadata.name } } : volume;
            }),
            ...extras.map(({ volume }) => volume),
          ],
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
    immutable: true,
    data: { [SCRIPT]: script },
  };
}

/** Those of the pool that unitune adds for builds are not written in the config. */
function taintsOf(pool: Pool): readonly Taint[] {
  const added = pool.kind === "cpu" && pool.builder && !pool.taints.some(({ key }) => key === CLUSTER.builderTaint);
  return added ? [...pool.taints, { key: CLUSTER.builderTaint, value: "true", effect: "NoSchedule" }] : pool.taints;
}

function fetchEnv(spec: JobSpec, pulls: readonly string[]): { name: string; value: string }[] {
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
    ...(pulls.length > 0 && { PULL_MIRRORS: pulls.join(",") }),
  }).map(([name, value]) => ({ name, value }));
}

function buildkitContainer(
  // deno-lint-ignore no-explicit-any
  template: Readonly<Record<string, any>>,
  spec: JobSpec,
  builder: Builder,
  mounts: readonly unknown[],
): Record<string, unknown> {
  const { cpu, memory } = spec.build.image.resources;
  const { flags, securityContext, state } = isolatedPod(builder.isolation);
  const daemon = daemonConfig(builder.registries);
  const all = [...flags, ...(daemon ? [daemon.flag] : [])];
  return {
    ...template,
    image: builder.image,
    args: [...template["args"], ...[...buildctlArgs(spec, builder.sbomScanner), ...(daemon?.args ?? [])].map(verbatim)],
    env: [...template["env"], ...(all.length > 0 ? [{ name: "BUILDKITD_FLAGS", value: all.join(" ") }] : [])],
    securityContext,
    resources: { requests: { cpu, memory } },
    volumeMounts: [...template["volumeMounts"], { name: "state", mountPath: state }, ...mounts],
  };
}

/** Kubernetes puts variables into arguments that read `$(NAME)`; a doubled dollar stands for itself. */
function verbatim(argument: string): string {
  return argument.replaceAll("$", "$$$$");
}

/** Arguments of `buildctl build`. */
export function buildctlArgs(spec: JobSpec, scanner: string): string[] {
  const { image, key } = spec.build;
  const options: (readonly [string, string])[] = [
    ["filename", dockerfileName(image.dockerfile)],
    ["platform", spec.platform],
    ...(image.target ? [["target", image.target] as const] : []),
    ["build-arg:SOURCE_DATE_EPOCH", "0"], // the last of two counts: the user's own follows
    ...prefixed("build-arg", image.args),
    ...prefixed("label", image.labels),
    ...prefixed("context", spec.needs).map(([name, ref]) => [name, `docker-image://${ref}`] as const),
  ];
  const repository = `${spec.registry}/${image.repository}`;
  const arch = image.platforms.length > 1 ? `-${archOf(spec.platform)}` : "";
  const cache = `type=registry,ref=${repository}:${BUILD_TAGS.cache}${arch}`;
  const output = [
    "type=image",
    `name=${repository}:${spec.tag}`,
    "push=true",
    "oci-mediatypes=true",
    "rewrite-timestamp=true",
    `annotation.${CLUSTER.imageKeyAnnotation}=${key}`,
    // With attestations an index is pushed, and its digest is the image's; BuildKit refuses it where there is none.
    ...(image.provenance !== "none" || image.sbom ? [`annotation-index.${CLUSTER.imageKeyAnnotation}=${key}`] : []),
  ];
  return [
    "--progress=plain",
    "--frontend=dockerfile.v0",
    "--local=context=/workspace/context",
    "--local=dockerfile=/workspace/dockerfile",
    ...options.map(([name, value]) => `--opt=${name}=${value}`),
    ...secretArgs(Object.keys(image.secrets)),
    ...(image.provenance === "none" ? [] : [`--opt=attest:provenance=mode=${image.provenance}`]),
    ...(image.sbom ? [`--opt=attest:sbom=generator=${scanner}`] : []),
    `--output=${output.join(",")}`,
    ...(image.cache === "none" ? [] : [
      `--import-cache=${cache}`,
      `--export-cache=${cache},mode=${image.cache},image-manifest=true,oci-mediatypes=true,ignore-error=true`,
    ]),
  ];
}

function prefixed(kind: string, values: Readonly<Record<string, string>>): (readonly [string, string])[] {
  return Object.entries(values).sort(([a], [b]) => compareCodeUnits(a, b))
    .map(([name, value]) => [`${kind}:${name}`, value] as const);
}
