/** A build as Kubernetes objects: the ConfigMap with the script that fetches the context, and the Job. */
import { taintsOf } from "../../../core/facts/taints.ts";
import { KINDS, type Kube } from "../../../core/kube.ts";
import { archOf } from "../../../core/names.ts";
import { CLUSTER, KARPENTER } from "../../../core/pins.ts";
import type { Container, Mount, PodSpec, VolumeMount } from "../../../core/pods.ts";
import { ecrRegistry, parseReference } from "../../../core/registries.ts";
import { readObject } from "../../../core/templates.ts";
import type { Builder, JobSpec } from "../../../plan/types.ts";
import { contextTime } from "../../context.ts";
import { annotationsOn } from "../../disruption.ts";
import { freshText } from "../../fresh.ts";
import { hasLogins, hasSecrets, LOGINS_ENV, loginsMount, secretMount, sshMount } from "../../secret.ts";
import { BUILD_ID, buildctlArgs } from "./buildctl.ts";
import { type DaemonConfig, daemonConfig } from "./buildkitd.ts";
import { configMap } from "./config_map.ts";
import { isolatedPod } from "./isolation.ts";
import { fetcherProxyEnv, proxyArgs, proxyEnv } from "./proxy.ts";

const SCRIPT = "fetch-context.mjs";
/** The volume with BuildKit's state. */
const STATE = "state";

/**
 * In the order in which they are created, the Job last. `template` is the text of `build-job.yaml`, `script` that of
 * `fetch-context.mjs`.
 */
export function buildJob(
  spec: JobSpec,
  builder: Builder,
  template: string,
  script: string,
): [...Kube<"ConfigMap">[], Kube<"Job">] {
  const job = readObject(template, KINDS.job, spec.name);
  const { image, key } = spec.build;
  const labels = { [CLUSTER.managedByLabel]: CLUSTER.managedBy, [CLUSTER.imageLabel]: image.name };
  const annotations = { [CLUSTER.keyAnnotation]: key };
  const scripts = configMap("fetch-context", script, { [SCRIPT]: script });
  const daemon = daemonConfig(builder.registries, spec.cacheClaim !== null);
  const secrets = Object.keys(image.secrets).length > 0 ? secretMount(spec.name) : null;
  const ssh = Object.keys(image.ssh).length > 0 ? sshMount(spec.name, Object.keys(image.ssh)) : null;
  const logins = hasLogins(builder.registries) ? loginsMount(spec.name) : null;
  const { template: pod, ...rest } = job.spec!, fresh = freshText(spec.fresh);
  return [scripts, ...(daemon ? [daemon.object] : []), {
    ...job,
    metadata: {
      namespace: CLUSTER.buildNamespace,
      name: spec.name,
      labels,
      annotations: { ...annotations, ...(fresh && { [CLUSTER.freshAnnotation]: fresh }) },
    },
    spec: {
      ...rest,
      template: {
        metadata: {
          labels: { ...labels },
          annotations: { ...annotationsOn(spec.pool, pod.metadata?.annotations ?? {}), ...annotations },
        },
        spec: podSpec(pod.spec!, spec, builder, { scripts, daemon, secrets, ssh, logins }),
      },
      // The Secret needs the uid of the Job, its owner: the Job is resumed when the Secret exists.
      ...(hasSecrets(image, builder) && { suspend: true }),
      ttlSecondsAfterFinished: builder.ttlSeconds,
      activeDeadlineSeconds: image.timeoutSeconds,
    },
  }];
}

/** What the pod mounts besides the context. */
interface Mounts {
  /** The script that fetches the context. */
  readonly scripts: Kube<"ConfigMap">;
  readonly daemon: DaemonConfig | null;
  readonly secrets: Mount | null;
  readonly ssh: Mount | null;
  /** Only for the container that logs in. */
  readonly logins: Mount | null;
}

function podSpec(template: PodSpec, spec: JobSpec, builder: Builder, mounts: Mounts): PodSpec {
  const { initContainers: [fetcher] = [], containers: [buildkit], volumes = [] } = template;
  const { scripts, daemon, secrets, ssh, logins } = mounts;
  const extras = [secrets, ssh, daemon].filter((extra) => extra !== null), room = roomOf(spec);
  const { uid } = isolatedPod(builder.isolation);
  return {
    ...template,
    ...isolatedPod(builder.isolation).pod,
    nodeSelector: { [KARPENTER.poolLabel]: spec.pool.name, "kubernetes.io/arch": archOf(spec.platform) },
    tolerations: taintsOf(spec.pool).map(({ key, value, effect }) => ({ key, operator: "Equal", value, effect })),
    initContainers: [{
      ...fetcher!,
      image: builder.fetcher,
      env: [...fetcher!.env ?? [], ...fetchEnv(spec, builder), ...fetcherProxyEnv(builder.proxy)],
      volumeMounts: [...fetcher!.volumeMounts ?? [], ...(logins ? [logins.mount] : [])],
      resources: {
        requests: { ...fetcher!.resources?.requests, ...room },
        limits: { ...fetcher!.resources?.limits, ...room },
      },
    }, ...(spec.cacheClaim !== null && uid !== 0 ? [handover(fetcher!, builder, uid)] : [])],
    containers: [buildkitContainer(buildkit!, spec, builder, daemon, extras.map(({ mount }) => mount))],
    volumes: [
      ...volumes.map((volume) => {
        return volume.name === "script"
          ? { ...volume, configMap: { name: scripts.metadata.name } }
          : volume.name === STATE && spec.cacheClaim !== null
          ? { name: STATE, persistentVolumeClaim: { claimName: spec.cacheClaim } }
          : volume;
      }),
      ...[...extras, ...(logins ? [logins] : [])].map(({ volume }) => volume),
    ],
  };
}

/** A new file system is root's: gives it to the user that BuildKit runs as. What that user wrote is its own already. */
function handover({ securityContext, resources }: Container, { fetcher }: Builder, uid: number): Container {
  return {
    name: "state",
    image: fetcher,
    command: ["chown", `${uid}:${uid}`, "/state"],
    securityContext: {
      ...securityContext,
      runAsNonRoot: false,
      runAsUser: 0,
      runAsGroup: 0,
      capabilities: { drop: ["ALL"], add: ["CHOWN"] },
    },
    ...(resources && { resources }),
    volumeMounts: [{ name: STATE, mountPath: "/state" }],
  };
}

function fetchEnv(spec: JobSpec, { pulls, reads, registries }: Builder): { name: string; value: string }[] {
  const { account, region } = ecrRegistry(spec.registry)!;
  const repositories = Object.values(spec.needs).map((reference) => parseReference(reference).repository);
  return Object.entries({
    CONTEXT_BUCKET: spec.context.bucket,
    CONTEXT_LIST: spec.context.listKey,
    CONTEXT_SHA256: spec.context.listDigest,
    CONTEXT_TIME: String(contextTime(spec.build.context.digest)),
    PUSH_ROLE: spec.pushRoleArn,
    REGISTRY: spec.registry,
    REGISTRY_ACCOUNT: account,
    REGISTRY_REGION: region,
    PUSH_REPOSITORY: spec.build.image.repository,
    PULL_REPOSITORIES: [...new Set(repositories)].sort().join(","),
    ...(pulls.length > 0 && { PULL_MIRRORS: pulls.join(",") }),
    ...(reads.length > 0 && { PULL_BASES: reads.join(",") }),
    ...(hasLogins(registries) && LOGINS_ENV),
  }).map(([name, value]) => ({ name, value }));
}

function buildkitContainer(
  template: Container,
  spec: JobSpec,
  builder: Builder,
  daemon: DaemonConfig | null,
  mounts: readonly VolumeMount[],
): Container {
  const { args = [], env = [], volumeMounts = [] } = template;
  const { cpu, memory } = spec.build.image.resources, room = roomOf(spec);
  const { flags, securityContext, state } = isolatedPod(builder.isolation);
  const all = [...flags, ...(daemon ? [daemon.flag] : [])];
  return {
    ...template,
    image: builder.image,
    args: [
      ...args,
      ...[
        ...buildctlArgs(spec, builder.sbomScanner),
        ...proxyArgs(builder.proxy, spec.build.image),
        ...(daemon?.args ?? []),
      ].map(verbatim),
    ],
    env: [
      ...env,
      ...proxyEnv(builder.proxy),
      ...(spec.build.image.maxAgeSeconds === null ? [] : [POD_UID]),
      ...(all.length > 0 ? [{ name: "BUILDKITD_FLAGS", value: all.join(" ") }] : []),
      ...(spec.cacheClaim === null ? [] : [{ name: "KEPT", value: state }]),
    ],
    securityContext,
    resources: { requests: { cpu, memory, ...room }, limits: { memory, ...room } },
    volumeMounts: [...volumeMounts, { name: STATE, mountPath: state }, ...mounts],
  };
}

const POD_UID = { name: "POD_UID", valueFrom: { fieldRef: { fieldPath: "metadata.uid" } } };

/** Kubelet ends a pod that writes more, into its volumes too, and Karpenter chooses nodes that have it. */
function roomOf(spec: JobSpec): { readonly "ephemeral-storage": string } {
  return { "ephemeral-storage": spec.build.image.resources.disk };
}

/** Kubernetes replaces `$(NAME)` in arguments; a doubled dollar is a dollar. */
function verbatim(argument: string): string {
  return argument.replaceAll("$", "$$$$").replace(BUILD_ID, `$(${POD_UID.name})`);
}
