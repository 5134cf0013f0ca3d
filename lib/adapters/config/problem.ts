/** Mistakes that stop the loading of a config before it can be resolved. */
import type { Issue } from "../../config/issues.ts";

export class ConfigProblem extends Error {
  constructor(readonly issues: readonly Issue[]) {
    super(issues[0]?.message ?? "no issue");
  }
}
