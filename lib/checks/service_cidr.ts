/** Before anything is created: can the cluster's Services use the address range that the config names? */
import { errors, type Finding } from "../core/findings.ts";
import { stackName } from "../core/names.ts";
import { SERVICE_CIDR_OUTPUT } from "../core/pins.ts";
import { serviceCidrProblems } from "../plan/service_cidr.ts";
import { type Check, type CheckInput, Reader } from "./check.ts";

const CODE = "SERVICE_CIDR";

export const serviceCidr: Check = {
  code: CODE,
  of: ["infra"],
  refusal: (name) => `Cannot use the address range for the Services of ${name}`,
  run: checkServiceCidr,
};

async function checkServiceCidr({ config, ports, cluster }: CheckInput): Promise<Finding[]> {
  const { network, cluster: { serviceCidr: wanted } } = config, reader = new Reader(CODE);
  const outputs = cluster && await ports.stacks.outputs(stackName(config.name, "eks"));
  // Without outputs the stack was never completed, and does not say what range its cluster was created with.
  const deployed = cluster && outputs
    ? { range: cluster.serviceCidr, named: outputs[SERVICE_CIDR_OUTPUT] ?? null }
    : null;
  const vpc = network.kind === "own" || wanted === null ? null : await reader.read(
    "ec2:DescribeVpcs",
    "whether the addresses of Services overlap with the VPC",
    () => ports.network.vpc(network.vpcId),
  );
  const problems = serviceCidrProblems(config, { deployed, vpc: vpc?.cidrs ?? [] });
  return [...errors(CODE, problems), ...reader.notes];
}
