/** Deletes what outlives the stacks, or would block their deletion. */
import { hasCode, UnituneError } from "../../core/errors.ts";
import { stackName } from "../../core/names.ts";
import type { Occupant } from "../../core/network_ports.ts";
import type { Leftover, Task } from "../../core/ports.ts";
import { ownTags } from "../../plan/ownership.ts";
import type { Operation } from "../operation.ts";
import { DONE, type Outcome } from "../run.ts";

/** There was nothing to delete. */
export const GONE: Outcome = { state: "unchanged", detail: "already gone" };

export async function emptyContexts({ session, ports }: Operation): Promise<Outcome> {
  const deployed = await session.deployed();
  if (!deployed) return GONE;
  const removed = await ports.contexts(deployed.contextBucket, deployed.account).empty();
  return { state: "done", detail: `${removed} objects` };
}

export async function deleteLeftovers(operation: Operation, task: Task): Promise<Outcome> {
  return await deleteAll(async () => (await findLeftovers(operation)).own, operation, task);
}

/** What has the name of a cluster that is gone. */
interface Found {
  readonly own: readonly Leftover[];
  /** Those of another cluster, as far as anybody can tell: it had the same name. */
  readonly others: readonly Leftover[];
}

/**
 * What controllers and EKS create has no tag of unitune's. It is this cluster's if the cluster had a stack, which was
 * deleted; otherwise it may be of another cluster, which had the same name, and stays.
 */
export async function findLeftovers({ ports, config: { name } }: Operation): Promise<Found> {
  const found = await ports.leftovers.find(name), unmarked = found.filter((leftover) => leftover.unmarked);
  if (unmarked.length === 0) return { own: found, others: [] };
  const hadStack = await ports.owners.hadStack(stackName(name, "eks"), ownTags(name)).catch((error) => {
    if (hasCode(error, "AWS_DENIED")) return false;
    throw error;
  });
  return hadStack ? { own: found, others: [] } : { own: found.filter((one) => !one.unmarked), others: unmarked };
}

export async function deleteDisks(operation: Operation, task: Task): Promise<Outcome> {
  const { ports: { leftovers }, config } = operation;
  return await deleteAll(() => leftovers.disks(config.name), operation, task);
}

const PAUSE = 10_000, PATIENCE = 300_000;

/**
 * Deletes what `find` returns until it returns nothing: a load balancer takes minutes to release its security group.
 * What is left after five minutes is named; the proof names it again.
 */
async function deleteAll(
  find: () => Promise<readonly Leftover[]>,
  { ports: { leftovers, clock }, signal }: Operation,
  { id, emit }: Task,
): Promise<Outcome> {
  const removed = new Set<string>(), end = clock.now() + PATIENCE;
  for (;;) {
    const left = await find();
    for (const leftover of left) {
      const name = nameOf(leftover);
      if (!removed.has(name) && await leftovers.remove(leftover)) removed.add(name);
    }
    if (left.length === 0) return deleted([...removed]);
    const names = left.map(nameOf).join(", ");
    if (clock.now() >= end) {
      emit({ type: "warning", id, message: `going on although AWS still has ${names}` });
      return deleted([...removed]);
    }
    if (clock.now() > end - PATIENCE) emit({ type: "progress", id, message: `waiting for AWS to delete ${names}` });
    await clock.sleep(PAUSE, signal);
  }
}

const REMOVALS: Readonly<Record<Occupant["kind"], string>> = {
  "VPC endpoint": "delete-vpc-endpoints --vpc-endpoint-ids",
  "security group": "delete-security-group --group-id",
  "network interface": "delete-network-interface --network-interface-id",
};

/** Waits until the VPC holds nothing but its stack: what was deleted before may take minutes. Throws `VPC_OCCUPIED`. */
export async function requireEmptyVpc(operation: Operation, { id, emit }: Task): Promise<Outcome> {
  const { ports: { network, clock }, config: { name, region }, signal } = operation, end = clock.now() + PATIENCE;
  for (let waited = false;; waited = true) {
    const found = await network.occupants(name);
    if (found.length === 0) return waited ? DONE : GONE;
    if (clock.now() >= end) {
      throw new UnituneError("VPC_OCCUPIED", `Cannot delete the VPC of ${name} as others have resources in it`, {
        path: stackName(name, "vpc"),
        lines: found.map(({ kind, id, about }) => {
          return `${kind} ${id} (${about}): aws ec2 ${REMOVALS[kind]} ${id} --region ${region}`;
        }),
        hint: "Delete them if nobody needs them, then run `unitune destroy` again",
      });
    }
    const names = found.map(({ kind, id, about }) => `${kind} ${id} (${about})`).join(", ");
    emit({ type: "progress", id, message: `waiting until the VPC no longer has ${names}` });
    await clock.sleep(PAUSE, signal);
  }
}

function nameOf({ kind, id }: Leftover): string {
  return `${kind} ${id}`;
}

export async function deleteRepositories({ ports: { registry }, config }: Operation): Promise<Outcome> {
  const found = await registry.repositories(config.name);
  for (const repository of found) await registry.removeRepository(repository);
  return deleted(found);
}

function deleted(names: readonly string[]): Outcome {
  return names.length > 0 ? { state: "done", detail: names.join(", ") } : GONE;
}
