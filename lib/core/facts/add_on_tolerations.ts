/**
 * Which EKS add-ons run on the system nodes: those that tolerate their taint by default, and those that are configured
 * to. Pods of other add-ons wait for a node of Karpenter's, which comes after the stack; and a stack whose add-on does
 * not become healthy rolls back.
 */
import { entryOf } from "../tables.ts";
import { SYSTEM_TOLERATION } from "./taints.ts";

/**
 * By the defaults of their charts: CoreDNS and the controllers of the drivers tolerate the taint by name
 * (aws-ebs-csi-driver 2.64, aws-efs-csi-driver 4.4, aws-fsx-csi-driver 1.17), and so does the snapshot controller (EKS
 * user guide). The others are DaemonSets that tolerate everything.
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

/**
 * Where their charts keep tolerations in the configuration: parts that are not DaemonSets tolerate nothing by default.
 */
const PLACES: Readonly<Record<string, readonly (readonly string[])[]>> = {
  "amazon-cloudwatch-observability": [["manager"]],
  "aws-mountpoint-s3-csi-driver": [["controller"]],
  "cert-manager": [[], ["cainjector"], ["startupapicheck"], ["webhook"]],
  "external-dns": [[]],
  "kube-state-metrics": [[]],
  "metrics-server": [[]],
};

type Configuration = { readonly [key: string]: unknown };

/**
 * The add-on's configuration (JSON) with tolerations for the system nodes; tolerations in the config take precedence.
 */
export function tolerant(name: string, configuration: string | null): string | null {
  const places = entryOf(PLACES, name);
  if (!places) return configuration;
  const given = JSON.parse(configuration ?? "{}") as Configuration;
  return JSON.stringify(places.reduce(withToleration, given));
}

function withToleration(configuration: Configuration, place: readonly string[]): Configuration {
  const [first, ...rest] = place;
  if (first === undefined) return { tolerations: [SYSTEM_TOLERATION], ...configuration };
  return { ...configuration, [first]: withToleration((configuration[first] ?? {}) as Configuration, rest) };
}

/** Is it unknown where the add-on's pods may run, and does its configuration set no tolerations? */
export function mayWait(name: string, configuration: string | null): boolean {
  return !TOLERANT.includes(name) && !Object.hasOwn(PLACES, name) && !/"tolerations"/.test(configuration ?? "");
}
