/** Builds a folder that no config declares into a repository of its own, which is created if it is missing. */
import { hasCode } from "../core/errors.ts";
import type { RegistryPort } from "../core/ports.ts";
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
    const mine = await isOurs(registry, name, config.name);
    repositories.push({ name, action: mine ? "none" as const : "create" as const });
  }
  return makePlan({ config, builds, only, repositories, observed: { ...observed!, notes } });
}

/** The step that creates it looks again: it refuses one that is somebody else's before anything is built. */
async function isOurs(registry: RegistryPort, name: string, cluster: string): Promise<boolean> {
  try {
    return (await registry.owner(name))?.cluster === cluster;
  } catch (error) {
    // What is denied is told with all other permissions that are missing.
    if (hasCode(error, "AWS_DENIED")) return false;
    throw error;
  }
}
