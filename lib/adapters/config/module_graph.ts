/** The modules that a config consists of, as data. */
import type { SourceModule } from "../../config/source/locate.ts";
import type { ImportedName } from "../../config/source/nodes.ts";

export interface ModuleImport {
  /** As it is written. */
  readonly specifier: string;
  /** Real path of the module, or `null` for unitune's own. */
  readonly file: string | null;
  readonly names: readonly ImportedName[];
}

export interface ConfigModule extends SourceModule {
  /** Real path. */
  readonly file: string;
  /** JavaScript; every character stands where it stood in the file. */
  readonly text: string;
  readonly imports: readonly ModuleImport[];
  /** Modules whose names are all exported too. */
  readonly stars: readonly (string | null)[];
}

/** Modules by real path, each after those that it imports; the config itself is the last. */
export type ModuleGraph = ReadonlyMap<string, ConfigModule>;
