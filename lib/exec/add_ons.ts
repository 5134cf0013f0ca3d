/** Before anything is made: does EKS offer the add-ons' versions? */
import type { StackDiff } from "../core/ports.ts";
import { addOnFinding, wantedAddOns } from "../plan/add_ons.ts";
import type { Config, VersionStep } from "../plan/types.ts";
import { configAt } from "../plan/versions.ts";
import { Reader, refusal } from "./checks.ts";
import type { Run } from "./types.ts";

/** Asks EKS if the stacks' add-ons are to change; throws with all that it does not offer, gives what was not checked. */
export async function checkAddOns(
  config: Config,
  stacks: readonly StackDiff[],
  steps: readonly VersionStep[],
  { ports }: Run,
): Promise<string[]> {
  const changing = stacks.some(({ changes }) => changes.some(({ resourceType }) => resourceType === "AWS::EKS::Addon"));
  if (!changing) return [];
  const notes: string[] = [], reader = new Reader(notes);
  const what = "whether EKS offers the add-ons' versions";
  const versions = [...new Set([...steps.map(({ to }) => to), config.cluster.version])];
  const findings = await reader.read("eks:DescribeAddonVersions", what, () => {
    return Promise.all(
      wantedAddOns(versions.map((version) => configAt(config, version))).map(async (wanted) => {
        return addOnFinding(wanted, await ports.eks.addOnVersions(wanted.name, wanted.kubernetes), config.region);
      }),
    );
  });
  const issues = (findings ?? []).filter((finding) => finding !== null);
  if (issues.length === 0) return notes;
  throw refusal(
    "ADD_ON_VERSION",
    `Cannot give ${config.name} its add-ons as EKS has not ${issues.length} of them`,
    issues,
  );
}
