/**
 * Which add-ons of EKS run on the system nodes: those that tolerate their taint by themselves, and those that are told to.
 * Without, their pods wait for a node that Karpenter would have to start, which comes after the stack; and a stack whose
 * add-on does not become healthy takes everything back.
 */
import { SYSTEM_TOLERATION } from "./taints.ts";

/**
 * By their charts' defaults: CoreDNS and the drivers' controllers tolerate the taint by name (aws-ebs-csi-driver
 * 2.64, aws-efs-csi-driver 4.4, aws-fsx-csi-driver 1.17), the snapshot controller too (EKS's user guide), and the others
 * are DaemonSets that tolerate everything.
 */
const TOLERANT: readonly string[] = [
  "aws-ebs-csi-driver",
  "aws-efs-csi-driver",
  "aws-fsx-csi-driver",
  "aws-guardduty-agent",
  "coredns",
  "eks-node-monitoring-agent",
  "eks-pod-identity-agent",
  "kube-proxy",
  "prometheus-node-exporter",
  "snapshot-controller",
  "vpc-cni",
];

/** Where in the configuration their tolerations stand, by their charts: the parts that are no DaemonSet tolerate nothing. */
const PLACES: Readonly<Record<string, readonly (readonly string[])[]>> = {
  "amazon-cloudwatch-observability": [["manager"]],
  "aws-mountpoint-s3-csi-driver": [["controller"]],
  "cert-manager": [[], ["cainjector"], ["startupapicheck"], ["webhook"]],
  "external-dns": [[]],
  "kube-state-metrics": [[]],
  "metrics-server": [[]],
};

type Configuration = { readonly [key: string]: unknown };

/** The add-on's configuration (JSON) with tolerations for the system nodes, but for what the config itself says of them. */
export function tolerant(name: string, configuration: string | null): string | null {
  const places = PLACES[name];
  if (!places) return configuration;
  const given = JSON.parse(configuration ?? "{}") as Configuration;
  return JSON.stringify(places.reduce(withToleration, given));
}

function withToleration(configuration: Configuration, place: readonly string[]): Configuration {
  const [first, ...rest] = place;
  if (first === undefined) return { tolerations: [SYSTEM_TOLERATION], ...configuration };
  return { ...configuration, [first]: withToleration((configuration[first] ?? {}) as Configuration, rest) };
}

/** Is nothing known of where the add-on's pods may run, and does its configuration say nothing of tolerations? */
export function mayWait(name: string, configuration: string | null): boolean {
  return !TOLERANT.includes(name) && !Object.hasOwn(PLACES, name) && !/"tolerations"/.test(configuration ?? "");
}
