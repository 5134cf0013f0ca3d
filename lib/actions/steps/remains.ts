/** Deletes what outlives the stacks, or would block their deletion. */
import type { Leftover } from "../../core/ports.ts";
import type { Operation } from "../operation.ts";
import type { Outcome } from "../run.ts";

/** There was nothing to delete. */
export const GONE: Outcome = { state: "unchanged", detail: "already gone" };

export async function emptyContexts({ session, ports }: Operation): Promise<Outcome> {
  const deployed = await session.deployed();
  if (!deployed) return GONE;
  const removed = await ports.contexts(deployed.contextBucket).empty();
  return { state: "done", detail: `${removed} objects` };
}

export async function deleteLeftovers(operation: Operation): Promise<Outcome> {
  return await deleteAll(operation, await operation.ports.leftovers.find(operation.config.name));
}

export async function deleteDisks(operation: Operation): Promise<Outcome> {
  return await deleteAll(operation, await operation.ports.leftovers.disks(operation.config.name));
}

async function deleteAll({ ports }: Operation, found: readonly Leftover[]): Promise<Outcome> {
  for (const leftover of found) await ports.leftovers.remove(leftover);
  return deleted(found.map(({ kind, id }) => `${kind} ${id}`));
}

export async function deleteRepositories({ ports: { registry }, config }: Operation): Promise<Outcome> {
  const found = await registry.repositories(config.name);
  for (const repository of found) await registry.removeRepository(repository);
  return deleted(found);
}

function deleted(names: readonly string[]): Outcome {
  return names.length > 0 ? { state: "done", detail: names.join(", ") } : GONE;
}
