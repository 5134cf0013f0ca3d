/** Looks for what of the stacks was changed outside of CloudFormation. Changes nothing. */
import { hasCode } from "../../core/errors.ts";
import { objectName } from "../../core/names.ts";
import type { StackDiff, StackDrift } from "../../core/ports.ts";
import { mapText } from "../../core/text.ts";
import type { Observed } from "../../plan/changes.ts";
import { type Operation, taskOf } from "../operation.ts";

interface FoundDrift extends Pick<Observed, "drift"> {
  /** What could not be compared, in lines. */
  readonly unread: readonly string[];
}

/** It was not looked for. */
export const NO_DRIFT: FoundDrift = { drift: null, unread: [] };

/** All stacks at the same time: each takes up to minutes. */
export async function observeDrift(stacks: readonly StackDiff[], operation: Operation): Promise<FoundDrift> {
  const unread: string[] = [];
  const found = await Promise.all(
    stacks.filter(({ exists }) => exists).map(async ({ stack, status }) => {
      const drift = await driftOf(stack, operation, unread);
      if (drift === null) unread.push(`${stack} is ${status}: CloudFormation does not compare it with what it made`);
      return drift ?? [];
    }),
  );
  const drift = found.flat();
  unread.push(...drift.flatMap(({ stack, unread }) => unread.map((why) => `${stack}: not compared: ${why}`)));
  return { drift, unread };
}

/** What others have added to objects of the cluster: no apply takes it away, nor needs to. */
export function foreignNotes(objects: Observed["objects"]): string[] {
  return objects.flatMap(({ ref, foreign = [] }) => {
    const by = Map.groupBy(foreign, ({ by }) => by);
    return [...by].map(([name, fields]) => {
      const paths = fields.map(({ path }) => path).join(", ");
      return `${ref.kind} ${objectName(ref)}: ${name} has added ${paths}, which unitune does not set and leaves`;
    });
  });
}

async function driftOf(stack: string, operation: Operation, unread: string[]): Promise<StackDrift[] | null> {
  const { ports, mask } = operation;
  try {
    const drift = await ports.stacks.drift(stack, taskOf(operation, "stacks"));
    if (!drift) return null;
    const resources = drift.resources.map((one) => ({ ...one, fields: mapText(one.fields, mask) }));
    return [{ ...drift, resources }];
  } catch (error) {
    if (!hasCode(error, "AWS_DENIED")) throw error;
    unread.push(`${stack}: not compared with what it made (${error.message})`);
    return [];
  }
}
