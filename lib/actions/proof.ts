/** Looks again for everything that apply creates: what still exists is named. */
import { stackName } from "../core/names.ts";
import { stackKinds } from "../plan/stacks.ts";
import type { Operation } from "./operation.ts";

/** One line of the proof: what was looked for, and what of it still exists. */
export interface Proof {
  /** What was looked for. */
  readonly what: string;
  /** What of it still exists. */
  readonly left: readonly string[];
}

/** What a removal leaves. */
export interface Remains {
  /** What was looked for afterwards. */
  readonly proof: readonly Proof[];
  /** Stays on purpose: repositories that hold images, disks of claims, the shared bootstrap. */
  readonly kept: readonly string[];
}

/** What a removal left behind, and what stays on purpose. */
export async function prove(
  { ports, config: { name, network } }: Operation,
  deleteData: boolean,
): Promise<Remains> {
  const { stacks, eks, registry, leftovers } = ports, proof: Proof[] = [];
  for (const kind of stackKinds({ network }).toReversed()) {
    const stack = stackName(name, kind);
    proof.push({ what: `stack ${stack}`, left: await stacks.outputs(stack) ? [stack] : [] });
  }
  const found = await leftovers.find(name);
  const repositories = await registry.repositories(name);
  const disks = (await leftovers.disks(name)).map(({ id }) => id);
  proof.push(
    { what: `EKS cluster ${name}`, left: await eks.cluster(name) ? [name] : [] },
    ...leftovers.kinds.map((kind) => ({
      what: `${kind}s`,
      left: found.filter((leftover) => leftover.kind === kind).map(({ id }) => id),
    })),
    ...deleteData ? [{ what: "disks of claims", left: disks }, { what: "repositories", left: repositories }] : [],
  );
  const kept = ["stack CDKToolkit (the CDK bootstrap, shared with other apps)"];
  if (network.kind === "existing") kept.push(`VPC ${network.vpcId} (unitune did not create it)`);
  if (!deleteData) {
    kept.push(...repositories.map((name) => `repository ${name} (its images; --delete-data removes it)`));
    kept.push(...disks.map((id) => `disk ${id} (a claim's data; --delete-data removes it)`));
  }
  return { proof, kept };
}
