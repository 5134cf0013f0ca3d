/** Gives an object of the API server another owner's label for a while, and reads what would show a change of them. */
import { kubectl } from "./lab.ts";

const LABEL = "app.kubernetes.io/managed-by";

/** Arguments of kubectl that name an object of ours, and what a refusal calls it. */
export interface OurObject {
  readonly at: readonly string[];
  readonly said: string;
}

/** What no command may have changed; Karpenter goes on to write the status of its objects. */
export async function stateOf(objects: readonly OurObject[]): Promise<string[]> {
  const state =
    "jsonpath={.kind} {.metadata.name} {.metadata.uid} {.metadata.deletionTimestamp} {.metadata.labels} {.spec}";
  return await Promise.all(objects.map(({ at }) => kubectl(["get", ...at, "-o", state])));
}

/** Runs `work` while the object says that it is somebody else's. */
export async function owned({ at }: OurObject, work: () => Promise<void>): Promise<void> {
  const label = (owner: string) => kubectl(["label", "--overwrite", ...at, `${LABEL}=${owner}`]);
  await label("theirs");
  try {
    await work();
  } finally {
    await label("unitune");
  }
}
