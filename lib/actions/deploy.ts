/** Builds a folder that the config does not declare into its own repository, which is created if it is missing. */
import { hasCode } from "../core/errors.ts";
import type { OwnersPort } from "../core/ports.ts";
import { makePlan } from "../plan/changes.ts";
import { isOwn } from "../plan/ownership.ts";
import type { Plan } from "../plan/types.ts";
import { refuseMovedTags } from "./images/tags.ts";
import type { Operation } from "./operation.ts";
import { checkedBuilds } from "./builds.ts";
import { observeChecked, type PlanOptions, withNotes } from "./plan.ts";

/** What a deploy does not take from earlier builds. */
export type DeployOptions = Pick<PlanOptions, "force" | "noCache" | "pull">;

/** Plans the images of the operation's config, and the repositories that they need. */
export async function planDeploy(operation: Operation, { force, noCache, pull }: DeployOptions = {}): Promise<Plan> {
  const { config, ports: { owners, registry } } = operation, only = ["images"] as const;
  const { builds, notes } = await checkedBuilds(operation, undefined);
  const observed = withNotes(await observeChecked(operation, builds, only), notes);
  const repositories = [];
  for (const { repository: name } of config.images) {
    const mine = await isOurs(owners, name, config.name);
    repositories.push({ name, action: mine ? "none" as const : "create" as const });
  }
  const forced = force || noCache || pull ? config.images.map(({ name }) => name) : [];
  const plan = makePlan({ config, builds, only, repositories, observed, force: forced, fresh: { noCache, pull } });
  await refuseMovedTags(plan, observed.images, registry);
  return plan;
}

/** The step that creates the repository checks again, and refuses one with another owner before anything is built. */
async function isOurs(owners: OwnersPort, name: string, cluster: string): Promise<boolean> {
  try {
    const tags = await owners.repository(name);
    return tags !== null && isOwn(tags, cluster);
  } catch (error) {
    // A denied call is reported later, together with all other missing permissions.
    if (hasCode(error, "AWS_DENIED")) return false;
    throw error;
  }
}
