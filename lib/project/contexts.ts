/** Build contexts of a project's images. Each is read once. */
import type { Emit } from "../core/events.ts";
import { measured } from "../core/measure.ts";
import { type Finding, lineOf } from "../core/findings.ts";
import type { ContextStorePort, Task } from "../core/ports.ts";
import type { Upload } from "../actions/operation.ts";
import type { BuildSpec, Config, ContextFacts, Image } from "../plan/types.ts";
import type { Secrets } from "./secrets.ts";

/** What goes into a build context, as `unitune context --json` prints it. */
export interface ContextReport {
  /** sha256 of entries and contents, hex. */
  readonly digest: string;
  /** Sum of the files' sizes. */
  readonly bytes: number;
  /** Entries, sorted by the code units of their paths. */
  readonly files: readonly {
    readonly path: string;
    readonly type: "file" | "dir" | "symlink";
    readonly mode: number;
    readonly size: number;
  }[];
  /** What is probably a mistake. */
  readonly warnings: readonly string[];
  /** Text of a Dockerfile that is not a file. */
  readonly dockerfile: string | null;
  /** What else the Dockerfile names, by its name there. */
  readonly contexts: Readonly<Record<string, NamedSourceReport>>;
}

/** An image of a registry, or what a folder contains. */
export type NamedSourceReport =
  | { readonly image: string }
  | Pick<ContextReport, "digest" | "bytes" | "files">;

type Reader = InstanceType<typeof import("../adapters/context/mod.ts").ContextReader>;
type ReadContext = Awaited<ReturnType<Reader["read"]>>;

/** How contexts are read. */
export interface ReadOptions {
  /** Whether to keep what is known of files for the next run. */
  readonly remember: boolean;
  /** Receives progress. */
  readonly emit: Emit;
  /** Real paths of the config and of its modules, which are left out of contexts. */
  readonly modules: readonly string[];
}

export class Contexts {
  readonly #config: Config;
  readonly #secrets: Secrets;
  readonly #options: ReadOptions | undefined;
  readonly #contexts = new Map<string, Promise<ReadContext>>();
  #reader: Promise<Reader> | undefined;

  constructor(config: Config, secrets: Secrets, options: ReadOptions | undefined) {
    this.#config = config;
    this.#secrets = secrets;
    this.#options = options;
  }

  /** The builds of all images, in build order. Refuses contexts that hold secret files. */
  async builds(): Promise<BuildSpec[]> {
    const { buildSpecs } = await import("../images/key.ts");
    const { images } = this.#config;
    const read = await Promise.all(images.map((image) => this.#read(image)));
    const folders = images.flatMap(({ name }, at) => {
      const named = Object.entries(read[at]!.folders).map(([alias, { files }]) => ({
        name: `${name}.${alias}`,
        ...files,
      }));
      return [{ name, ...read[at]! }, ...named];
    });
    await this.#secrets.refuseInContexts(folders);
    const facts = images.map(({ name }, at) => [name, read[at]!.facts] as const);
    const contexts: Readonly<Record<string, ContextFacts>> = Object.fromEntries(facts);
    return buildSpecs(this.#config, contexts);
  }

  /** Without a request: mistakes in Dockerfiles, and what is probably one in their contexts. */
  async findings(names: readonly string[]): Promise<Finding[]> {
    const { dockerfileFindings, contextFindings, resourceFindings } = await import("./findings.ts");
    const found = await Promise.all(names.map(async (name) => {
      const image = this.#image(name), read = await this.#read(image);
      return [
        ...dockerfileFindings(image, this.#config, read),
        ...contextFindings(image, read),
        ...resourceFindings(image),
      ];
    }));
    return found.flat();
  }

  /** Stores an image's context. */
  async upload(image: string, store: ContextStorePort, task: Task): Promise<Upload> {
    const { storeContext } = await import("../adapters/context/mod.ts");
    const read = await this.#read(this.#image(image)), about = { id: task.id, what: "upload", name: image } as const;
    return await measured(about, { emit: task.emit, now: Date.now }, () => storeContext(read, store, task));
  }

  async report(image: string): Promise<ContextReport> {
    const declared = this.#image(image), report = reportOf(await this.#read(declared), declared.contexts);
    const findings = await this.findings([image]);
    return { ...report, warnings: findings.map(lineOf) };
  }

  #image(name: string): Image {
    return this.#config.images.find((image) => image.name === name)!;
  }

  #read(image: Image): Promise<ReadContext> {
    const { name } = image;
    const read = this.#contexts.get(name) ?? this.#open().then((reader) => reader.read(image));
    this.#contexts.set(name, read);
    return read;
  }

  #open(): Promise<Reader> {
    const { remember = false, emit, modules: config } = this.#options ?? {};
    return this.#reader ??= import("../adapters/context/mod.ts").then(({ ContextReader, cacheFolder }) => {
      return new ContextReader({ cache: remember ? cacheFolder() : undefined, emit, config });
    });
  }
}

function reportOf(read: ReadContext, named: Image["contexts"]): ContextReport {
  const { dockerfile: { inline, content }, facts: { digest, bytes }, warnings } = read;
  const contexts = Object.entries(named).map(([alias, source]): [string, NamedSourceReport] => {
    if ("image" in source) return [alias, source];
    const { digest, bytes, entries } = read.folders[alias]!.files;
    return [alias, { digest, bytes, files: filesOf(entries) }];
  });
  return {
    digest,
    bytes,
    files: filesOf(read.entries),
    warnings,
    dockerfile: inline ? new TextDecoder().decode(content) : null,
    contexts: Object.fromEntries(contexts),
  };
}

function filesOf(entries: ReadContext["entries"]): ContextReport["files"] {
  return entries.map(({ path, type, mode, size }) => ({ path, type, mode, size }));
}

/** What a folder outside the config would send. */
export async function directoryContext(directory: string): Promise<ContextReport> {
  const [{ readContext }, { realDirectory }] = await Promise.all([
    import("../adapters/context/mod.ts"),
    import("../adapters/context/directory.ts"),
  ]);
  const context = await realDirectory(directory);
  return reportOf(await readContext({ context, dockerfile: "Dockerfile" }), {});
}
