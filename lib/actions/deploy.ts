/** Builds a folder that no config declares into a repository of its own, which is created if it is missing. */
import { makePlan } from "../plan/changes.ts";
import type { Plan } from "../plan/types.ts";
import { observe } from "./observe.ts";
import type { Operation } from "./operation.ts";
import { refuseOrTell } from "./refuse.ts";

/** The plan for the images of an operation whose config declares nothing else to do. */
export async function planDeploy(operation: Operation): Promise<Plan> {
  const { config, contexts, ports: { registry } } = operation, only = ["images"] as const;
  const builds = await contexts.builds();
  const { observed, checked } = await observe(operation, builds, only);
  const notes = [...refuseOrTell(config.name, checked), ...observed!.notes];
  const repositories = [];
  for (const { repository: name } of config.images) {
    const owner = await registry.owner(name);
    // Creating one that is somebody else's is refused by the step, before anything is built.
    repositories.push({ name, action: owner?.cluster === config.name ? "none" as const : "create" as const });
  }
  return makePlan({ config, builds, only, repositories, observed: { ...observed!, notes } });
}
