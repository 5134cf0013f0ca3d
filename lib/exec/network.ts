/** Before anything is made: does what the config says of its network hold in the account, and can it still change? */
import { stackName } from "../core/names.ts";
import { ZONES_OUTPUT } from "../core/pins.ts";
import { existingFindings } from "../plan/existing_vpc.ts";
import { type Findings, movedFindings, zoneFindings } from "../plan/network.ts";
import type { Config, ExistingNetwork } from "../plan/types.ts";
import { Reader, refusal } from "./checks.ts";
import type { Session } from "./session.ts";
import type { Run } from "./types.ts";

const ISOLATED =
  "nodes have no way to the Internet: Helm's image, Karpenter's chart and images, BuildKit and what Dockerfiles start " +
  "from have to be reached by other means, as no AWS endpoint leads to public registries";

/** Throws with all that stands against the network; gives what is worth knowing, and what could not be checked. */
export async function checkNetwork(config: Config, run: Run, session: Session): Promise<string[]> {
  const { network, region } = config, { ports } = run;
  const notes: string[] = network.isolated ? [ISOLATED] : [];
  const reader = new Reader(notes);
  const [outputs, cluster, { account }] = await Promise.all([
    ports.stacks.outputs(stackName(config.name, "vpc")),
    session.cluster(),
    session.identity(),
  ]);
  const zones = outputs?.[ZONES_OUTPUT]?.split(",") ?? null;
  const issues = movedFindings(config, { vpcStack: outputs !== null, zones, cluster });
  if (network.kind === "own") {
    const known = await reader.read("ec2:DescribeAvailabilityZones", "whether the account has the zones", () => {
      return ports.network.zones();
    });
    issues.push(...zoneFindings(network, `account ${account} in ${region}`, known));
  } else {
    const found = await existing(config, network, run, reader, cluster !== null);
    issues.push(...found.issues);
    notes.push(...found.notes);
  }
  if (issues.length === 0) return notes;
  const problems = issues.length === 1 ? "1 problem" : `${issues.length} problems`;
  throw refusal("NETWORK", `Cannot use the network of ${config.name} as it has ${problems}`, issues);
}

async function existing(
  config: Config,
  network: ExistingNetwork,
  { ports }: Run,
  reader: Reader,
  deployed: boolean,
): Promise<Findings> {
  const { vpcId, privateSubnets } = network, port = ports.network;
  return existingFindings(config, network, {
    vpcs: await reader.read("ec2:DescribeVpcs and ec2:DescribeVpcAttribute", "the VPC and its DNS", async () => {
      const vpc = await port.vpc(vpcId);
      return vpc ? [vpc] : [];
    }),
    subnets: await reader.read("ec2:DescribeSubnets", "the subnets, their zones and free addresses", () => {
      return port.subnets(privateSubnets);
    }),
    routeTables: await reader.read(
      "ec2:DescribeRouteTables",
      "whether the subnets are private and have a way out",
      () => {
        return port.routeTables(vpcId);
      },
    ),
    endpoints: await reader.read("ec2:DescribeVpcEndpoints", "the VPC's endpoints", () => port.endpoints(vpcId)),
    deployed,
  });
}
