/** Before anything is created: will this machine reach the API server? Warns only, as routes may exist unseen. */
import { coded, type Finding } from "../core/findings.ts";
import { endpointFindings } from "../plan/endpoint.ts";
import { type Check, type CheckInput, Reader } from "./check.ts";

const CODE = "ENDPOINT";

export const endpoint: Check = {
  code: CODE,
  of: ["infra", "pools"],
  refusal: (name) => `Cannot reach the API server of ${name}`,
  run: checkEndpoint,
};

async function checkEndpoint({ config, ports, cluster }: CheckInput): Promise<Finding[]> {
  const { network, cluster: { endpoint } } = config, reader = new Reader(CODE);
  const [vpc, address, answered] = await Promise.all([
    network.kind === "own"
      ? []
      : reader.read("ec2:DescribeVpcs and ec2:DescribeVpcAttribute", "whether this machine is in the VPC", async () => {
        return (await ports.network.vpc(network.vpcId))?.cidrs ?? [];
      }),
    endpoint.kind === "public" ? ports.reach.address() : undefined,
    cluster && cluster.endpoint !== "" ? ports.reach.answers(cluster.endpoint, cluster.caData) : null,
  ]);
  const found = endpointFindings(config, { address, answered, vpc: vpc ?? [], local: ports.reach.local() });
  return [...coded(CODE, found), ...reader.notes];
}
