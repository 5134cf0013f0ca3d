/** The placement group of a pool's nodes: how near to each other EC2 puts them. */
import type { Issue, Path } from "../issues.ts";
import type { GpuPool } from "../types.ts";

type PlacementGroupIn = "cluster" | { readonly name?: string | undefined; readonly id?: string | undefined };

export function placementGroupOf(
  input: PlacementGroupIn | undefined,
  path: Path,
  issues: Issue[],
): GpuPool["placementGroup"] {
  if (input === undefined) return null;
  if (input === "cluster") return input;
  const { name, id } = input;
  if ((name === undefined) === (id === undefined)) {
    const message = "must be an existing placement group by its name or by its id, one of them";
    issues.push({
      code: "CONFLICT",
      path,
      message,
      hint: 'write { name: "…" }, or "cluster" for one of the pool\'s own',
    });
  }
  return name === undefined ? { id: id ?? "" } : { name };
}
