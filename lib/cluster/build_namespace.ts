/** Where builds run: their namespace and ServiceAccount, what they may reach, and what they may use. */
import { KINDS, type Kube } from "../core/kube.ts";
import { readObject, readObjects } from "../core/templates.ts";
import { bytesOf } from "../core/units.ts";
import type { Config, Image } from "../plan/types.ts";
import { reachable } from "./build_network.ts";
import type { ClusterTemplates } from "./templates.ts";

/** In the order in which they are created. */
export function buildNamespace(config: Config, templates: ClusterTemplates): Kube[] {
  const text = templates["build-namespace.yaml"];
  const policy = readObject(text, KINDS.networkPolicy), quota = readObject(text, KINDS.resourceQuota);
  return readObjects(text).map((object) => {
    switch (object.kind) {
      case "NetworkPolicy":
        return { ...policy, spec: { ...policy.spec!, egress: [...policy.spec!.egress!, ...reachable(config)] } };
      case "ResourceQuota":
        return { ...quota, spec: { hard: { ...quota.spec!.hard, ...quotaOf(config) } } };
      default:
        return object;
    }
  });
}

/**
 * How many runs of unitune may build at once, each as many images as `builder.concurrency` says. No honest use comes
 * near it: it ends what would fill the cluster with pods.
 */
const RUNS = 32;
/** An image that `unitune build` reads from a newer config may be larger than those that were last applied. */
const LEAST = { cpu: 64, gib: 256, disk: 1024 } as const;
/** Claims of images that are new in such a config. */
const MORE_CLAIMS = 64;

function quotaOf({ builder, images }: Config): Readonly<Record<string, string>> {
  const pods = RUNS * builder.concurrency,
    largest = (read: (image: Image) => number, least: number) => {
      return String(pods * Math.ceil(Math.max(least, ...images.map(read))));
    };
  const gib = (size: string) => (bytesOf(size) ?? 0) / 2 ** 30;
  const claims = builder.cache === null ? 0 : MORE_CLAIMS + images.flatMap(({ platforms }) => platforms).length;
  return {
    pods: String(pods),
    persistentvolumeclaims: String(claims),
    "requests.cpu": largest(({ resources }) => cpus(resources.cpu), LEAST.cpu),
    "requests.memory": `${largest(({ resources }) => gib(resources.memory), LEAST.gib)}Gi`,
    "requests.ephemeral-storage": `${largest(({ resources }) => gib(resources.disk), LEAST.disk)}Gi`,
  };
}

function cpus(text: string): number {
  return text.endsWith("m") ? Number(text.slice(0, -1)) / 1000 : Number(text);
}
