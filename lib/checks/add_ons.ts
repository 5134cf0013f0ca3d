/** Before anything is created: does EKS offer the add-ons' versions? */
import { errors, type Finding } from "../core/findings.ts";
import { addOnFinding, wantedAddOns } from "../plan/add_ons.ts";
import { configAt } from "../plan/versions.ts";
import { type Check, type CheckInput, Reader } from "./check.ts";

const CODE = "ADD_ON_VERSION";

/** Asks EKS only if the deployment changes add-ons. */
export const addOns: Check = {
  code: CODE,
  of: ["infra"],
  afterDiff: true,
  refusal: (name, count) => `Cannot install the add-ons of ${name} as EKS does not offer ${count} of them`,
  run: checkAddOns,
};

async function checkAddOns({ config, stacks, steps, ports }: CheckInput): Promise<Finding[]> {
  const changing = stacks.some(({ changes }) => changes.some(({ resourceType }) => resourceType === "AWS::EKS::Addon"));
  if (!changing) return [];
  const reader = new Reader(CODE);
  const what = "whether EKS offers the versions of the add-ons";
  const versions = [...new Set([...steps.map(({ to }) => to), config.cluster.version])];
  const found = await reader.read("eks:DescribeAddonVersions", what, () => {
    return Promise.all(
      wantedAddOns(versions.map((version) => configAt(config, version))).map(async (wanted) => {
        return addOnFinding(wanted, await ports.eks.addOnVersions(wanted.name, wanted.kubernetes), config.region);
      }),
    );
  });
  return [...errors(CODE, (found ?? []).filter((one) => one !== null)), ...reader.notes];
}
