/** Cloud assemblies of a config, in temporary folders: one for each requested version of Kubernetes. */
import type { Emit } from "../core/events.ts";
import { measured } from "../core/measure.ts";
import type { StackDiff } from "../core/ports.ts";
import { stackNames } from "../plan/stacks.ts";
import type { Config } from "../plan/types.ts";

export class Assemblies {
  readonly #config: Config;
  readonly #emit: Emit | undefined;
  /** Folders by version of Kubernetes. */
  readonly #folders = new Map<string, Promise<string>>();

  constructor(config: Config, emit?: Emit) {
    this.#config = config;
    this.#emit = emit;
  }

  /** The assembly's folder, synthesized on first use. Default version: the config's. */
  folder(kubernetes: string = this.#config.cluster.version): Promise<string> {
    const folder = this.#folders.get(kubernetes) ?? this.#measured(kubernetes);
    this.#folders.set(kubernetes, folder);
    return folder;
  }

  /** Every resource of the stacks, as an addition. */
  async diff(): Promise<StackDiff[]> {
    const { offlineDiff } = await import("../adapters/assembly.ts");
    return await offlineDiff(await this.folder(), stackNames(this.#config));
  }

  /** A stack's template, as JSON. */
  async template(stack: string): Promise<string> {
    const { readTemplate } = await import("../adapters/assembly.ts");
    return await readTemplate(await this.folder(), stack);
  }

  /** Deletes the folders. */
  async close(): Promise<void> {
    for (const pending of this.#folders.values()) {
      const folder = await pending.catch(() => undefined);
      if (folder) await Deno.remove(folder, { recursive: true });
    }
    this.#folders.clear();
  }

  #measured(kubernetes: string): Promise<string> {
    const about = { what: "synthesis", name: stackNames(this.#config).join(", ") } as const;
    return measured(about, { emit: this.#emit, now: Date.now }, () => this.#synthesize(kubernetes));
  }

  async #synthesize(kubernetes: string): Promise<string> {
    const [{ synthesize }, { configAt }, { readFunctions }, { temporaryFolder }] = await Promise.all([
      import("../../infra/synth.ts"),
      import("../plan/versions.ts"),
      import("../adapters/assets.ts"),
      import("../adapters/temporary.ts"),
    ]);
    const folder = temporaryFolder("assembly");
    try {
      await synthesize(configAt(this.#config, kubernetes), folder, await readFunctions());
    } catch (error) {
      await Deno.remove(folder, { recursive: true });
      throw error;
    }
    return folder;
  }
}
