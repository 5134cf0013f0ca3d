/**
 * Where everything of the lab lives: every path, port, address and name, and nothing else. All parts of the lab import
 * it; nothing here touches the machine.
 */

/** The account and region of the emulator that `lab:up` starts. */
export const account = "123456789012";
export const region = "us-west-2";
/** Regions whose ECR names the gateway's certificate covers. */
export const regions = ["us-west-2", "us-east-1", "eu-central-1", "us-gov-west-1"] as const;

export const kubernetesVersion = "1.35.4";
/** The series of EKS's AL2023 images (containerd 2.2.4 and runc 1.3.5 in release 20260714, awslabs/amazon-eks-ami). */
export const containerdVersion = "2.2.9";
export const runcVersion = "1.3.6";
/** What BuildKit's images hold beside it. */
export const buildkitRuncVersion = "1.4.3";
export const buildkitVersion = "v0.34.2";
export const karpenterVersion = "1.14.3";
/** Of sigs.k8s.io/kube-network-policies. */
export const networkPoliciesVersion = "0.8.0";
export const helmVersion = "4.3.0";

/** The pods' bridge: the host is .1, nodes are further addresses on it, pods get addresses from `podsFrom` up. */
export const bridge = {
  name: "utlab0",
  address: "10.88.0.1",
  prefix: 16,
  cidr: "10.88.0.0/16",
  podsFrom: "10.88.1.0",
  podsTo: "10.88.254.254",
} as const;
/** Where the registries' names lead: on the host, but not in a private range, as on the Internet. */
export const internet = "203.0.113.10";
/** Where pods ask for names: the address of NodeLocal DNSCache. */
export const dnsAddress = "169.254.20.10";
/** Where EKS's Pod Identity agent answers (SDKs allow this address, loopback or https only). */
export const credentials = { address: "169.254.170.23", port: 80, path: "/v1/credentials" } as const;
export const services = { cidr: "172.20.0.0/16", kubernetes: "172.20.0.1" } as const;

export const ports = {
  api: 16443,
  etcd: 12379,
  etcdPeer: 12380,
  controllerManager: 10257,
  scheduler: 10259,
  proxyHealth: 10256,
  proxyMetrics: 10249,
  /** The plain store on loopback. */
  registry: 15000,
  /** The gateway's listener for containerd's mirrors (`?ns=`), on loopback. */
  mirror: 15001,
  /** The gateway's token webhook for kube-apiserver, on loopback. */
  tokenWebhook: 15002,
  /** The gateway's Pod Identity admission webhook, on the bridge, TLS. */
  podIdentityWebhook: 15003,
  /** The gateway's registry names, on the bridge, TLS. */
  registryTls: 443,
  emulator: 4566,
} as const;
/** The ports of all emulators. */
export const emulatorPorts = { from: ports.emulator, to: 4999 } as const;
/** The queue of the kernel in which the first packets of pods' connections wait for a verdict. */
export const policyQueue = 88;

export const apiServer = `https://${bridge.address}:${ports.api}`;
export const store = `http://127.0.0.1:${ports.registry}`;
export const emulatorUrl = (port: number = ports.emulator): string => `http://${bridge.address}:${port}`;

/** Names that the lab's DNS leads to the gateway besides `*.dkr.ecr.*.amazonaws.com`. */
export const publicRegistries = [
  "public.ecr.aws",
  "registry-1.docker.io",
  "docker.io",
  "index.docker.io",
  "registry.k8s.io",
  "nvcr.io",
] as const;

export type NodeName = "system-a" | "system-b" | "worker-1" | "worker-2";
export interface LabNode {
  readonly name: NodeName;
  readonly address: string;
  readonly zone: string;
  /** System nodes run from `lab:up` on; workers wait for Karpenter's instances. */
  readonly kind: "system" | "worker";
}
export const nodes: readonly LabNode[] = [
  { name: "system-a", address: "10.88.0.11", zone: `${region}a`, kind: "system" },
  { name: "system-b", address: "10.88.0.12", zone: `${region}b`, kind: "system" },
  { name: "worker-1", address: "10.88.0.21", zone: `${region}a`, kind: "worker" },
  { name: "worker-2", address: "10.88.0.22", zone: `${region}b`, kind: "worker" },
];

/** What lives as long as the lab runs. */
const runDir = "/run/unitune-lab";
export const run = {
  dir: runDir,
  pids: `${runDir}/pids`,
  logs: `${runDir}/logs`,
  /** One `<account>.json` per running emulator: `{ "account", "port", "pid" }`. */
  emulators: `${runDir}/emulators`,
  /** kubectl and helm, for people; links into the cache. */
  bin: `${runDir}/bin`,
  /** The lab's own programs; links into the cache. */
  libexec: `${runDir}/libexec`,
  /** The emulator's virtual environment; a link into the cache. */
  venv: `${runDir}/venv`,
  config: `${runDir}/config`,
  cni: `${runDir}/cni`,
  cniState: `${runDir}/cni-ipam`,
  adminKubeconfig: `${runDir}/admin.kubeconfig`,
  /** Bearer token of the admin (system:masters), for programs that speak to the API server without kubectl. */
  adminToken: `${runDir}/admin.token`,
  tokenWebhookConfig: `${runDir}/config/token-webhook.kubeconfig`,
  /** Name with tag → digest of every image and chart that the lab made. */
  imageDigests: `${runDir}/images.json`,
} as const;
/** The emulator's Python. */
export const emulatorPython = `${run.venv}/bin/python`;

/** What may outlive a run: containerd's and etcd's data, the registry's store. */
const dataDir = "/var/lib/unitune-lab";
export const data = {
  dir: dataDir,
  etcd: `${dataDir}/etcd`,
  registry: `${dataDir}/registry`,
  nodes: `${dataDir}/nodes`,
  /** The file systems of claims. */
  disks: `${dataDir}/disks`,
  /** containerd roots with all images imported, one per set of images; nodes start from hard links to it. */
  seeds: `${dataDir}/seeds`,
} as const;

export const nodeDirs = (name: NodeName) => ({
  root: `${data.nodes}/${name}`,
  containerdRoot: `${data.nodes}/${name}/containerd`,
  kubeletRoot: `${data.nodes}/${name}/kubelet`,
  containerdState: `${run.dir}/nodes/${name}/containerd`,
  socket: `${run.dir}/nodes/${name}/containerd.sock`,
  podLogs: `${run.dir}/nodes/${name}/pods`,
  config: `${run.dir}/nodes/${name}`,
  /** Cgroup parent of the node's pods, below the mount of every controller. */
  cgroup: `/unitune-lab/${name}`,
});

function cacheDir(): string {
  const named = Deno.env.get("UNITUNE_LAB_CACHE");
  if (named) return named;
  const base = Deno.env.get("XDG_CACHE_HOME") || `${Deno.env.get("HOME") ?? "/root"}/.cache`;
  return `${base}/unitune-lab`;
}
/** What is made once and kept: binaries, images, the virtual environment, the lab's certificate authority. */
const cached = cacheDir();
export const cache = {
  dir: cached,
  go: `${cached}/go`,
  images: `${cached}/images`,
  venvs: `${cached}/venvs`,
  npm: `${cached}/npm`,
  pki: `${cached}/pki`,
} as const;
const pem = (name: string) => ({ cert: `${cache.pki}/${name}.crt`, key: `${cache.pki}/${name}.key` });
/** The lab's certificate authority and what it signed. */
export const pki = {
  ca: pem("ca"),
  apiServer: pem("apiserver"),
  gateway: pem("gateway"),
  serviceAccountKey: `${cache.pki}/serviceaccount.key`,
} as const;

/** Folder of the lab's sources. */
export const source = new URL(".", import.meta.url).pathname.replace(/\/$/, "");
