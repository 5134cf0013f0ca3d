/** Opens the files of a project: each part by itself, read when it is needed. */
import type { ProjectFiles } from "../actions/operation.ts";
import type { SecretPlaces } from "../adapters/config/secrets.ts";
import type { Config } from "../plan/types.ts";
import { Assemblies } from "./assemblies.ts";
import { Contexts } from "./contexts.ts";
import { RenderedObjects } from "./objects.ts";
import { Secrets } from "./secrets.ts";

/** The files of one config, with what only a project can answer. Close it to delete its temporary folders. */
export interface OpenFiles extends ProjectFiles {
  readonly contexts: Contexts;
  close(): Promise<void>;
}

/** Without `places` no secret can be read: enough for whatever builds no image that has some. */
export async function openFiles(config: Config, places?: SecretPlaces): Promise<OpenFiles> {
  const assemblies = new Assemblies(config), secrets = new Secrets(config, places);
  const contexts = new Contexts(config, secrets), objects = await RenderedObjects.open(config);
  return { config, assemblies, contexts, secrets, objects, close: () => assemblies.close() };
}
