/** The modules of a config, as data. */
import type { SourceModule } from "../../config/source/locate.ts";
import type { ImportedName } from "../../config/source/nodes.ts";

export interface ModuleImport {
  /** As it is written in the file. */
  readonly specifier: string;
  /** Real path of the module; `null` for unitune's own. */
  readonly file: string | null;
  readonly names: readonly ImportedName[];
}

export interface ConfigModule extends SourceModule {
  /** Real path. */
  readonly file: string;
  /** JavaScript. Every character is at the same place as in the file. */
  readonly text: string;
  readonly imports: readonly ModuleImport[];
  /** Modules whose names are all exported, too. */
  readonly stars: readonly (string | null)[];
}

/** Modules by real path, each after its imports. The config itself comes last. */
export type ModuleGraph = ReadonlyMap<string, ConfigModule>;
