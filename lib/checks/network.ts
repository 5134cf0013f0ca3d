/** Before anything is created: does the config's network work in this account, and can it still change? */
import { errors, type Finding, note } from "../core/findings.ts";
import { stackName } from "../core/names.ts";
import { ZONES_OUTPUT } from "../core/pins.ts";
import type { NetworkPort } from "../core/ports.ts";
import { existingFindings } from "../plan/existing_vpc.ts";
import { type Findings, movedFindings, zoneFindings } from "../plan/network.ts";
import { poolZoneProblems } from "../plan/pool_zones.ts";
import type { Config, ExistingNetwork } from "../plan/types.ts";
import { type Check, type CheckInput, Reader } from "./check.ts";

const CODE = "NETWORK";

export const network: Check = {
  code: CODE,
  of: ["infra", "pools"],
  refusal: (name, count) =>
    `Cannot use the network of ${name} as it has ${count === 1 ? "1 problem" : `${count} problems`}`,
  run: checkNetwork,
};

async function checkNetwork({ config, ports, cluster, identity }: CheckInput): Promise<Finding[]> {
  const { network, region } = config, reader = new Reader(CODE);
  const outputs = await ports.stacks.outputs(stackName(config.name, "vpc"));
  const zones = outputs?.[ZONES_OUTPUT]?.split(",") ?? null;
  const problems = movedFindings(config, { vpcStack: outputs !== null, zones, cluster });
  const notes: string[] = [];
  if (network.kind === "own") {
    const known = await reader.read("ec2:DescribeAvailabilityZones", "whether the account has the zones", () => {
      return ports.network.zones();
    });
    problems.push(...zoneFindings(network, `account ${identity.account} in ${region}`, known));
    problems.push(...poolZoneProblems(config, network, known));
  } else {
    const found = await existing(config, network, ports.network, reader, cluster !== null);
    problems.push(...found.issues);
    notes.push(...found.notes);
  }
  return [...errors(CODE, problems), ...reader.notes, ...notes.map((message) => note(CODE, message))];
}

async function existing(
  config: Config,
  network: ExistingNetwork,
  port: NetworkPort,
  reader: Reader,
  deployed: boolean,
): Promise<Findings> {
  const { vpcId, privateSubnets } = network;
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
      "whether the subnets are private and have a route to the Internet",
      () => {
        return port.routeTables(vpcId);
      },
    ),
    endpoints: await reader.read("ec2:DescribeVpcEndpoints", "the VPC's endpoints", () => port.endpoints(vpcId)),
    deployed,
  });
}
