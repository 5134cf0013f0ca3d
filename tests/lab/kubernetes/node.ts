/** A real node: a containerd and a kubelet of its own, on an address of the bridge. */
import { nodeCertificate } from "../install/pki.ts";
import { apiServer, dnsAddress, type LabNode, nodeDirs, pki, ports, region, run as paths } from "../layout.ts";
import { attempt, exists, remove, run, writeWhole } from "../shell.ts";
import { kubeconfig } from "./api.ts";
import { makeCgroup, removeCgroup } from "./cgroups.ts";
import { end, ensure, isRunning, stop } from "./process.ts";

export interface Taint {
  readonly key: string;
  readonly value?: string;
  readonly effect: string;
}
/** As what a kubelet joins. */
export interface Identity {
  readonly name: string;
  readonly providerId: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly Taint[];
}

/** The lab's own: Debian's are older than what user namespaces of pods need, containerd 2.0 and runc 1.2. */
export const programs = {
  containerd: `${paths.libexec}/containerd`,
  ctr: `${paths.libexec}/ctr`,
  shim: `${paths.libexec}/containerd-shim-runc-v2`,
  runc: `${paths.libexec}/runc`,
} as const;

const containerdName = (node: LabNode) => `containerd-${node.name}`;
const kubeletName = (node: LabNode) => `kubelet-${node.name}`;

/** What the managed node group of the system gives its nodes: nothing runs there that does not tolerate the taint. */
export function systemIdentity(node: LabNode): Identity {
  return {
    name: node.name,
    providerId: `aws:///${node.zone}/i-0000000000000${node.name.replace("system-", "sys")}`,
    labels: {
      "eks.amazonaws.com/nodegroup": "system",
      "eks.amazonaws.com/capacityType": "ON_DEMAND",
      "node.kubernetes.io/instance-type": "m7i.large",
      "topology.kubernetes.io/zone": node.zone,
      "topology.kubernetes.io/region": region,
    },
    taints: [{ key: "CriticalAddonsOnly", value: "true", effect: "NoSchedule" }],
  };
}

/** Starts containerd over a root that was made from the seed of images. */
export async function containerdUp(node: LabNode): Promise<void> {
  const dirs = nodeDirs(node.name);
  await Deno.mkdir(dirs.config, { recursive: true });
  const file = `${dirs.config}/containerd.toml`;
  const config = containerdConfig(dirs.containerdRoot, dirs.containerdState, dirs.socket, `${dirs.config}/hosts`);
  await writeWhole(file, config);
  await writeMirrors(`${dirs.config}/hosts`);
  await ensure({
    name: containerdName(node),
    command: [programs.containerd, "--config", file],
    config: [config],
    healthy: async () => (await ctr(dirs.socket, ["version"])).code === 0,
  });
}

export function containerdConfig(root: string, state: string, socket: string, hosts: string): string {
  const images = "plugins.'io.containerd.cri.v1.images'", runtime = "plugins.'io.containerd.cri.v1.runtime'";
  return `version = 3
root = "${root}"
state = "${state}"
disabled_plugins = ["io.containerd.internal.v1.opt"]
[grpc]
  address = "${socket}"
# its socket has one place on a machine
[plugins.'io.containerd.nri.v1.nri']
  disable = true
[${images}.pinned_images]
  sandbox = "registry.k8s.io/pause:3.10"
[${images}.registry]
  config_path = "${hosts}"
[${runtime}]
  # without CAP_SYS_RESOURCE no process may lower its oom_score_adj, and runc dies trying
  restrict_oom_score_adj = true
  [${runtime}.containerd]
    default_runtime_name = "runc"
    [${runtime}.containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
      # else the one of PATH is taken, and that may be Debian's
      runtime_path = "${programs.shim}"
      [${runtime}.containerd.runtimes.runc.options]
        BinaryName = "${programs.runc}"
        SystemdCgroup = false
  [${runtime}.cni]
    bin_dirs = ["/usr/lib/cni"]
    conf_dir = "${paths.cni}"
`;
}

/** Every pull, whatever registry its name says, goes to the gateway's listener, and nowhere else when it fails. */
async function writeMirrors(hosts: string): Promise<void> {
  const mirror = `http://127.0.0.1:${ports.mirror}`;
  await Deno.mkdir(`${hosts}/_default`, { recursive: true });
  await Deno.writeTextFile(
    `${hosts}/_default/hosts.toml`,
    `server = "${mirror}"\n\n[host."${mirror}"]\n  capabilities = ["pull", "resolve"]\n`,
  );
}

export async function kubeletUp(node: LabNode, identity: Identity): Promise<void> {
  const dirs = nodeDirs(node.name);
  await makeCgroup(dirs.cgroup);
  await Deno.mkdir(dirs.kubeletRoot, { recursive: true });
  const certificate = await nodeCertificate(identity.name, dirs.config);
  const client = { "client-certificate": certificate.cert, "client-key": certificate.key };
  await writeWhole(`${dirs.config}/kubeconfig`, kubeconfig(apiServer, pki.ca.cert, client), 0o600);
  const config = JSON.stringify(kubeletConfig(node, identity), null, 2);
  await writeWhole(`${dirs.config}/kubelet.json`, config);
  const labels = Object.entries(identity.labels).map(([key, value]) => `${key}=${value}`).sort().join(",");
  await ensure({
    name: kubeletName(node),
    command: [
      ...[`${paths.libexec}/kubelet`, `--config=${dirs.config}/kubelet.json`, `--kubeconfig=${dirs.config}/kubeconfig`],
      ...[`--root-dir=${dirs.kubeletRoot}`, `--cert-dir=${dirs.config}/kubelet-pki`, `--node-ip=${node.address}`],
      ...[`--hostname-override=${identity.name}`, `--node-labels=${labels}`],
    ],
    config: [config],
    healthy: async () => {
      (await Deno.connect({ hostname: node.address, port: 10250 })).close();
      return true;
    },
  });
}

function kubeletConfig(node: LabNode, identity: Identity): unknown {
  const dirs = nodeDirs(node.name);
  return {
    apiVersion: "kubelet.config.k8s.io/v1beta1",
    kind: "KubeletConfiguration",
    address: node.address,
    healthzPort: 0,
    providerID: identity.providerId,
    registerWithTaints: identity.taints,
    containerRuntimeEndpoint: `unix://${dirs.socket}`,
    cgroupDriver: "cgroupfs",
    cgroupRoot: dirs.cgroup,
    failSwapOn: false,
    failCgroupV1: false,
    authentication: { anonymous: { enabled: false }, webhook: { enabled: true }, x509: { clientCAFile: pki.ca.cert } },
    authorization: { mode: "Webhook" },
    podLogsDir: dirs.podLogs,
    evictionHard: {
      "memory.available": "100Mi",
      "nodefs.available": "1%",
      "imagefs.available": "1%",
      "nodefs.inodesFree": "1%",
    },
    imageGCHighThresholdPercent: 100,
    imageGCLowThresholdPercent: 99,
    // an image that was planted cannot be pulled to see who may use it, even if its bytes came from a mirror meanwhile
    imagePullCredentialsVerificationPolicy: "NeverVerify",
    clusterDNS: [dnsAddress],
    clusterDomain: "cluster.local",
    resolvConf: "/etc/resolv.conf",
    makeIPTablesUtilChains: false,
    oomScoreAdj: 0,
    serializeImagePulls: false,
    registryPullQPS: 0,
    eventRecordQPS: 0,
    maxPods: 58,
    nodeStatusUpdateFrequency: "5s",
    shutdownGracePeriod: "0s",
  };
}

/** Ends a kubelet and everything that it ran; the node's containerd goes on. */
export async function kubeletDown(node: LabNode): Promise<void> {
  const dirs = nodeDirs(node.name);
  await stop(kubeletName(node));
  await removeCgroup(dirs.cgroup);
  await clearContainers(dirs.socket);
  await unmountBelow(dirs.kubeletRoot);
  await remove(dirs.kubeletRoot);
  await remove(dirs.podLogs);
  await remove(`${dirs.config}/kubelet-pki`);
}

/** Takes away the tasks and containers that are left in containerd when the kubelet no longer does it. */
async function clearContainers(socket: string): Promise<void> {
  if (!(await exists(socket)) || !(await exists(programs.ctr))) return;
  for (const kind of ["tasks", "containers"]) {
    const listed = await ctr(socket, [kind, "list", "--quiet"]);
    for (const id of listed.stdout.split("\n").filter(Boolean)) {
      await ctr(socket, [kind, "delete", ...(kind === "tasks" ? ["--force"] : []), id]);
    }
  }
}

/** Stops containerd and the shims that outlive it. */
export async function containerdDown(node: LabNode): Promise<void> {
  await stop(containerdName(node));
  for (const pid of await shimsOf(nodeDirs(node.name).socket)) await end(pid, 2);
}

async function shimsOf(socket: string): Promise<number[]> {
  const found: number[] = [];
  for await (const entry of Deno.readDir("/proc")) {
    const pid = Number(entry.name);
    if (!Number.isInteger(pid) || !isRunning(pid)) continue;
    const words = (await Deno.readTextFile(`/proc/${pid}/cmdline`).catch(() => "")).split("\0");
    if (words[0]?.includes("containerd-shim") && words.includes(socket)) found.push(pid);
  }
  return found;
}

/** Mount points at or below a folder, deepest first. */
export async function mountsBelow(dir: string): Promise<string[]> {
  const mounts = (await Deno.readTextFile("/proc/self/mounts")).split("\n").map((line) => line.split(" ")[1] ?? "");
  return mounts.filter((path) => path === dir || path.startsWith(`${dir}/`)).sort().reverse();
}

export async function unmountBelow(dir: string): Promise<void> {
  for (const path of await mountsBelow(dir)) await attempt("umount", ["--lazy", path]);
}

export const ctr = (socket: string, args: readonly string[]) =>
  attempt(programs.ctr, ["--address", socket, "--namespace", "k8s.io", ...args]);

/** Imports a whole OCI layout through a containerd. */
export async function importLayout(socket: string, layout: string): Promise<void> {
  const pipe =
    'tar -C "$1" --create oci-layout index.json blobs | "$3" --address "$2" --namespace k8s.io images import -';
  await run("bash", ["-o", "pipefail", "-c", pipe, "bash", layout, socket, programs.ctr]);
}
