/** Before anything is created: does AWS publish the machine images of the pools? Without, no node would ever start. */
import { errors, type Finding } from "../core/findings.ts";
import { amiProblem, parameterOf, pathOf, releasesOf, wantedAmis } from "../plan/amis.ts";
import { type Check, type CheckInput, Reader } from "./check.ts";

const CODE = "AMI";

export const amis: Check = {
  code: CODE,
  of: ["infra", "pools"],
  refusal: (name, count) =>
    `Cannot start nodes of ${name} as AWS publishes ${
      count === 1 ? "one machine image" : `${count} machine images`
    } not`,
  run: checkAmis,
};

async function checkAmis({ config, ports: { parameters } }: CheckInput): Promise<Finding[]> {
  const reader = new Reader(CODE), wanted = wantedAmis(config);
  const what = "whether AWS publishes the pools' machine images";
  const known = await reader.read("ssm:GetParameters", what, () => {
    return parameters.known([...new Set(wanted.map(parameterOf))]);
  });
  const missing = known ? wanted.filter((ami) => !known.has(parameterOf(ami))) : [];
  const problems = missing.map(async (ami) => {
    const names = await reader.read("ssm:GetParametersByPath", `which releases there are for pool ${ami.pool}`, () => {
      return parameters.below(pathOf(ami));
    });
    return amiProblem(ami, releasesOf(names ?? []), config.region);
  });
  return [...errors(CODE, await Promise.all(problems)), ...reader.notes];
}
