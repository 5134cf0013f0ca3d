/** What is public of the pages and of the documents that they show. A page's own code is loaded when one is written. */
import type { PlanDocument } from "../plan/document.ts";
import type { RunDocument } from "./run.ts";
import type { StatusDocument } from "./status.ts";

export { type PlanDocument, planDocument, type PlannedImage, type Upgrade } from "../plan/document.ts";
export type { QuotaUse } from "../plan/quotas.ts";
export type { RunDocument, RunFailure, RunImage, RunStep } from "./run.ts";
export type { StatusDocument } from "./status.ts";

/** A plan as a page: one HTML document, which loads nothing. */
export async function planPage(plan: PlanDocument): Promise<string> {
  return (await import("./plan.ts")).planPage(plan);
}

/** The run of a plan as a page: when each step ran and how it ended, then the plan. */
export async function runPage(plan: PlanDocument, report: RunDocument): Promise<string> {
  return (await import("./run.ts")).runPage(plan, report);
}

/** Where a project stands, as a page. */
export async function statusPage(status: StatusDocument): Promise<string> {
  return (await import("./status.ts")).statusPage(status);
}
