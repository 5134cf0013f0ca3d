/** How BuildKit reaches registries: the configuration of its daemon and the certificates it trusts, as a ConfigMap. */
import type { Kube } from "../../../core/kube.ts";
import { compareCodeUnits } from "../../../core/order.ts";
import type { Mount } from "../../../core/pods.ts";
import type { Registry } from "../../../plan/types.ts";
import { configMap, shortHash } from "./config_map.ts";

const FOLDER = "/unitune/buildkitd", FILE = "buildkitd.toml";

export interface DaemonConfig extends Mount {
  readonly object: Kube<"ConfigMap">;
  /** Flag of the daemon. */
  readonly flag: string;
  /** Arguments of the client, which fetches tokens from registries itself. */
  readonly args: readonly string[];
}

/** `keeps`: whether the state outlives the daemon. `null` when BuildKit's defaults apply. */
export function daemonConfig(all: readonly Registry[], keeps: boolean): DaemonConfig | null {
  // Logins are the client's.
  const registries = all.filter(({ mirror, plainHttp, ca }) => mirror !== null || plainHttp || ca !== null);
  if (registries.length === 0 && !keeps) return null;
  const data = { [FILE]: [...(keeps ? [KEPT] : []), toml(registries)].join("\n"), ...certificates(registries) };
  const object = configMap("buildkitd", JSON.stringify(data), data);
  return {
    object,
    volume: { name: "buildkitd", configMap: { name: object.metadata.name } },
    mount: { name: "buildkitd", mountPath: FOLDER, readOnly: true },
    flag: `--config=${FOLDER}/${FILE}`,
    args: [...servers(registries)].flatMap(([host, { ca }]) =>
      ca === null ? [] : [`--registry-auth-tlscontext=host=${host},ca=${FOLDER}/${fileOf(ca)}`]
    ),
  };
}

/**
 * What is dropped from a kept state, when the daemon starts. BuildKit's default drops cache mounts after two days. The
 * rest of the volume is for the build itself. Records of builds would keep what their steps printed.
 */
const KEPT = `[worker.oci]
gc = true
[[worker.oci.gcpolicy]]
keepDuration = "1440h"
[[worker.oci.gcpolicy]]
maxUsedSpace = "75%"
[[worker.oci.gcpolicy]]
all = true
maxUsedSpace = "75%"

[history]
maxEntries = 0
`;

type Server = Pick<Registry, "plainHttp" | "ca">;

/** The hosts that BuildKit connects to: the mirror of a registry, if it has one. */
function servers(registries: readonly Registry[]): ReadonlyMap<string, Server> {
  return new Map(
    registries.map(({ host, mirror, plainHttp, ca }) => [mirror?.split("/")[0] ?? host, { plainHttp, ca }]),
  );
}

function toml(registries: readonly Registry[]): string {
  const mirrors = new Map(registries.flatMap(({ host, mirror }) => mirror === null ? [] : [[host, mirror] as const]));
  const all = servers(registries), hosts = [...new Set([...mirrors.keys(), ...all.keys()])].sort(compareCodeUnits);
  return hosts.map((host) => {
    const mirror = mirrors.get(host), server = all.get(host);
    const lines = [
      ...(mirror === undefined ? [] : [`mirrors = [${JSON.stringify(mirror)}]`]),
      // Always explicit: BuildKit uses plain HTTP for a loopback address by default.
      ...(server ? [`http = ${server.plainHttp}`] : []),
      ...(server?.ca ? [`ca = [${JSON.stringify(`${FOLDER}/${fileOf(server.ca)}`)}]`] : []),
    ];
    return [`[registry.${JSON.stringify(host)}]`, ...lines, ""].join("\n");
  }).join("\n");
}

function certificates(registries: readonly Registry[]): Readonly<Record<string, string>> {
  return Object.fromEntries(registries.flatMap(({ ca }) => ca === null ? [] : [[fileOf(ca), ca]]));
}

function fileOf(certificate: string): string {
  return `ca-${shortHash(certificate)}.pem`;
}
