/**
 * Steps of `destroy` that need the API server. When it does not answer, the deletion goes on without them: the stack's
 * clean-up function ends what Karpenter left.
 */
import { hasCode, messageOf } from "../../core/errors.ts";
import { waitUntil } from "../../core/wait.ts";
import { jobOperation, type Operation } from "../operation.ts";
import type { Outcome, Step, StepKind } from "../run.ts";
import { GONE } from "./remains.ts";

/** What the steps of one deletion share. */
export interface Reach {
  readonly operation: Operation;
  /** Whether the API server was given up: later steps do not ask it again. */
  isLost: boolean;
}

const PATIENCE_SECONDS = 60;
const LOST: Outcome = { state: "unchanged", detail: "skipped: the API server does not answer" };

/** Wraps a step that has nothing to do when there is no cluster. */
export function withCluster<S extends Step, C extends Reach>(kind: StepKind<S, C>): StepKind<S, C> {
  const perform: typeof kind.perform = async (step, context, task) => {
    return await context.operation.session.cluster() ? await kind.perform(step, context, task) : GONE;
  };
  return { ...kind, perform };
}

/** Wraps a step that asks the API server: it is tried for a minute, and then skipped. */
export function inCluster<S extends Step, C extends Reach>(kind: StepKind<S, C>): StepKind<S, C> {
  const perform: typeof kind.perform = async (step, context, task) => {
    if (context.isLost) return LOST;
    const { emit, signal, ports: { clock } } = context.operation;
    const end = clock.now() + PATIENCE_SECONDS * 1000;
    for (;;) {
      try {
        return await kind.perform(step, context, task);
      } catch (error) {
        if (!hasCode(error, "KUBE_UNREACHABLE") || signal.aborted) throw error;
        if (clock.now() < end && await answers(context.operation, task)) continue;
        context.isLost = true;
        const message = `${messageOf(error)}; going on without it: the stack's clean-up function ends what is left`;
        emit({ type: "warning", id: task.id, message });
        return LOST;
      }
    }
  };
  return withCluster({ ...kind, perform });
}

/** Waits for the API server; `false` if it does not answer in time. */
async function answers(operation: Operation, task: Parameters<typeof jobOperation>[1]): Promise<boolean> {
  const { kube, clock, signal, emit, id } = await jobOperation(operation, task);
  emit({ type: "progress", id, message: `waiting up to ${PATIENCE_SECONDS} s for the API server to answer` });
  const asks = () => kube.version().then(() => true, () => false);
  return await waitUntil(asks, { clock, signal, timeoutSeconds: PATIENCE_SECONDS, what: "the API server" })
    .then(() => true, (error) => {
      if (hasCode(error, "TIMEOUT")) return false;
      throw error;
    });
}
