/** Opens the files of a project. Each part is read when it is needed. */
import type { ProjectFiles } from "../actions/operation.ts";
import type { SecretPlaces } from "../adapters/config/secrets.ts";
import type { Config } from "../plan/types.ts";
import { Assemblies } from "./assemblies.ts";
import { Contexts, type ReadOptions } from "./contexts.ts";
import { RenderedObjects } from "./objects.ts";
import { Secrets } from "./secrets.ts";

/** The files of one config. Close it to delete its temporary folders. */
export interface OpenFiles extends ProjectFiles {
  readonly contexts: Contexts;
  close(): Promise<void>;
}

/** Without `places` no secret can be read, which is enough when no image with secrets is built. */
export async function openFiles(config: Config, places?: SecretPlaces, reading?: ReadOptions): Promise<OpenFiles> {
  const assemblies = new Assemblies(config, reading?.emit), secrets = new Secrets(config, places);
  const contexts = new Contexts(config, secrets, reading), objects = await RenderedObjects.open(config);
  return { config, assemblies, contexts, secrets, objects, close: () => assemblies.close() };
}
