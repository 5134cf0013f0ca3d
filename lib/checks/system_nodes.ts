/** Before anything is created: does the region have the system nodes' instance types, and AWS their image? */
import { errors, type Finding } from "../core/findings.ts";
import { releaseParameter, releaseProblem, typeProblems, typesToAsk } from "../plan/system_nodes.ts";
import { type Check, type CheckInput, Reader } from "./check.ts";

const CODE = "SYSTEM_NODES";

export const systemNodes: Check = {
  code: CODE,
  of: ["infra"],
  refusal: (name, count) =>
    `Cannot start the system nodes of ${name} as ${count === 1 ? "1 problem was" : `${count} problems were`} found`,
  run: checkSystemNodes,
};

async function checkSystemNodes({ config, ports }: CheckInput): Promise<Finding[]> {
  const reader = new Reader(CODE), parameter = releaseParameter(config);
  const types = "whether the region has the instance types of the system nodes";
  const release = "whether AWS publishes the release of the system nodes' image";
  const [offerings, values] = await Promise.all([
    reader.read("ec2:DescribeInstanceTypeOfferings", types, () => ports.network.offerings(typesToAsk(config))),
    parameter === null ? null : reader.read("ssm:GetParameters", release, () => ports.parameters.values([parameter])),
  ]);
  const problems = offerings ? typeProblems(config, offerings) : [];
  const problem = values && parameter ? releaseProblem(config, values.get(parameter)) : null;
  return [...errors(CODE, problem ? [...problems, problem] : problems), ...reader.notes];
}
