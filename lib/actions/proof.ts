/** Looks again for everything that apply creates, and names what still exists. */
import { stackName } from "../core/names.ts";
import { stackKinds } from "../plan/stacks.ts";
import { findLeftovers } from "./steps/remains.ts";
import type { Operation } from "./operation.ts";

/** One line of the proof: what was looked for, and what still exists. */
export interface Proof {
  /** What was looked for. */
  readonly what: string;
  /** What still exists. */
  readonly left: readonly string[];
}

/** What `destroy` leaves. */
export interface Remains {
  /** What was looked for after the last step. */
  readonly proof: readonly Proof[];
  /** Kept on purpose: repositories that hold images, disks of claims, the shared bootstrap. */
  readonly kept: readonly string[];
}

/** What `destroy` left behind, and what it keeps on purpose. */
export async function prove(operation: Operation, deleteData: boolean): Promise<Remains> {
  const { ports, config: { name, network } } = operation;
  const { stacks, eks, registry, leftovers } = ports, proof: Proof[] = [];
  for (const kind of stackKinds({ network }).toReversed()) {
    const stack = stackName(name, kind);
    proof.push({ what: `stack ${stack}`, left: await stacks.outputs(stack) ? [stack] : [] });
  }
  const { own, others } = await findLeftovers(operation);
  const repositories = await registry.repositories(name);
  const disks = (await leftovers.disks(name)).map(({ id }) => id);
  proof.push(
    { what: `EKS cluster ${name}`, left: await eks.cluster(name) ? [name] : [] },
    ...leftovers.kinds.map((kind) => ({
      what: `${kind}s`,
      left: own.filter((leftover) => leftover.kind === kind).map(({ id }) => id),
    })),
    ...deleteData ? [{ what: "disks of claims", left: disks }, { what: "repositories", left: repositories }] : [],
  );
  const kept = ["stack CDKToolkit (the CDK bootstrap, shared with other apps)"];
  kept.push(
    ...others.map(({ kind, id }) => `${kind} ${id} (only the cluster's name is on it: it may be of another cluster)`),
  );
  if (network.kind === "existing") kept.push(`VPC ${network.vpcId} (unitune did not create it)`);
  if (!deleteData) {
    kept.push(...repositories.map((name) => `repository ${name} (holds images; --delete-data deletes it)`));
    kept.push(...disks.map((id) => `disk ${id} (holds a claim's data; --delete-data deletes it)`));
  }
  return { proof, kept };
}
