/** Mistakes that end the loading of a config before there is an object to look at. */
import type { Issue } from "../../config/issues.ts";

export class ConfigProblem extends Error {
  constructor(readonly issues: readonly Issue[]) {
    super(issues[0]?.message ?? "no issue");
  }
}
