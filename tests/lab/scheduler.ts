/** Asks Karpenter's own scheduler which node the pods of a manifest get from a config's pools. */
import { parseAllDocuments } from "yaml";
import { desiredObjects } from "../../lib/cluster/mod.ts";
import { CLUSTER_TEMPLATES, type ClusterTemplates } from "../../lib/cluster/mod.ts";
import type { Config } from "../../lib/config/types.ts";
import type { KubeObject } from "../../lib/core/ports.ts";
import { UNDEPLOYED } from "../../lib/actions/observe.ts";
import { buildGo, goBuildDir, goBuilds, isBuilt } from "./install/gobuild.ts";

const root = new URL("../../", import.meta.url).pathname;

/** A reservation that the class of a pool has found. */
export interface FoundReservation {
  readonly id: string;
  readonly nodeClass: string;
  readonly instanceType: string;
  readonly zone: string;
  readonly free: number;
}

export interface Answer {
  readonly nodes: readonly {
    readonly pods: readonly string[];
    readonly nodePool: string;
    readonly instanceType: string;
    readonly capacityType: string;
    readonly zones: readonly string[];
    /** On demand, us-east-1. */
    readonly usdPerHour: number;
    readonly types: number;
  }[];
  /** Pod → why it gets no node. */
  readonly pending: Readonly<Record<string, string>>;
}

/** The pools' objects as `apply` would send them. */
export async function poolObjects(config: Config): Promise<KubeObject[]> {
  const texts = CLUSTER_TEMPLATES.map(async (name) => {
    return [name, await Deno.readTextFile(`${root}templates/cluster/${name}`)] as const;
  });
  const templates = Object.fromEntries(await Promise.all(texts)) as ClusterTemplates;
  return desiredObjects(config, { ...UNDEPLOYED, region: config.region }, templates);
}

/** The pods of a manifest's Jobs and Pods, as the API server would complete them: what has a limit asks for as much. */
export function podsOf(manifest: string): KubeObject[] {
  return parseAllDocuments(manifest).flatMap((document): KubeObject[] => {
    const { kind, metadata, spec } = document.toJS();
    if (kind === "Pod") return [pod(metadata.name, {}, spec)];
    if (kind !== "Job") return [];
    const { template } = spec;
    return Array.from(
      { length: spec.parallelism ?? 1 },
      (_, at) => pod(`${metadata.name}-${at}`, template.metadata ?? {}, template.spec),
    );
  });
}

// deno-lint-ignore no-explicit-any
function pod(name: string, metadata: Record<string, unknown>, spec: any): KubeObject {
  // deno-lint-ignore no-explicit-any
  const containers = spec.containers.map((container: any) => {
    const { requests, limits } = container.resources ?? {};
    return { ...container, resources: { limits, requests: { ...limits, ...requests } } };
  });
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { ...metadata, name, namespace: "default", uid: name },
    spec: { ...spec, containers },
    status: { phase: "Pending" },
  };
}

export async function schedule(
  config: Config,
  pods: readonly KubeObject[],
  reservations: readonly FoundReservation[] = [],
): Promise<Answer> {
  const objects = await poolObjects(config), of = (kind: string) => objects.filter((one) => one.kind === kind);
  const question = {
    region: config.region,
    zones: zonesOf(config),
    nodePools: of("NodePool"),
    nodeClasses: of("EC2NodeClass"),
    reservations,
    pods,
  };
  const facts = `${root}tests/facts`;
  const child = new Deno.Command(await program(), {
    args: ["--types", `${facts}/instance-types.json`, "--offerings", `${facts}/offerings.json`],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(JSON.stringify(question)));
  await writer.close();
  const { success, stdout, stderr } = await child.output();
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  if (!success) throw new Error(`Cannot ask the scheduler: ${err}`);
  return JSON.parse(out!);
}

/** Zones by name and id; an account's names are its own: here they go by the ids' numbers. */
function zonesOf({ network, region }: Config): { zone: string; zoneID: string }[] {
  if (network.kind !== "own") throw new Error("Cannot tell the zones of an existing VPC");
  return network.zones.map((zoneID) => ({ zone: region + "abcdef"[Number(zoneID.at(-1)) - 1], zoneID }));
}

async function program(): Promise<string> {
  const build = goBuilds.find(({ name }) => name === "scheduler")!, folder = await goBuildDir(build);
  if (!await isBuilt(folder)) await buildGo(build, folder);
  return `${folder}/scheduler`;
}
