/** The placement group of a pool's nodes, which decides how close to each other EC2 places them. */
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
    const message = "must have either the name or the id of an existing placement group";
    issues.push({
      code: "CONFLICT",
      path,
      message,
      hint: 'write { name: "…" }, or "cluster" for a new group of this pool',
    });
  }
  return name === undefined ? { id: id ?? "" } : { name };
}
