/** Before anything is created: does AWS publish the machine images of the pools? No node starts without them. */
import { errors, type Finding } from "../core/findings.ts";
import { amiProblem, parameterOf, pathOf, releasesOf, wantedAmis } from "../plan/amis.ts";
import { type Check, type CheckInput, Reader } from "./check.ts";

const CODE = "AMI";

export const amis: Check = {
  code: CODE,
  of: ["infra", "pools"],
  refusal: (name, count) =>
    `Cannot start the nodes of ${name} as AWS does not publish ${
      count === 1 ? "1 machine image" : `${count} machine images`
    }`,
  run: checkAmis,
};

async function checkAmis({ config, ports: { parameters } }: CheckInput): Promise<Finding[]> {
  const reader = new Reader(CODE), wanted = wantedAmis(config);
  const what = "whether AWS publishes the machine images of the pools";
  const known = await reader.read("ssm:GetParameters", what, () => {
    return parameters.known([...new Set(wanted.map(parameterOf))]);
  });
  const missing = known ? wanted.filter((ami) => !known.has(parameterOf(ami))) : [];
  const problems = missing.map(async (ami) => {
    const names = await reader.read("ssm:GetParametersByPath", `which releases exist for pool ${ami.pool}`, () => {
      return parameters.below(pathOf(ami));
    });
    return amiProblem(ami, releasesOf(names ?? []), config.region);
  });
  return [...errors(CODE, await Promise.all(problems)), ...reader.notes];
}
