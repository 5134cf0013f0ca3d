/**
 * The default wiring behind `mod.ts`: which adapter serves which port, and the files of a project.
 * The one module that knows every room; it loads CDK, SDKs and zod only when they are used.
 */
import { UnituneError } from "./core/errors.ts";
import { LATEST } from "./core/facts/repositories.ts";
import { archOf, jobName, NAME_PATTERN, type Platform, registryHost, sourceTag } from "./core/names.ts";
import type { SecretValue } from "./images/secret.ts";
import type { ContextStorePort, Identity, KubeObject, StackDiff } from "./core/ports.ts";
import type { Ports, Project, Upload } from "./actions/types.ts";
import { stackNames } from "./plan/stacks.ts";
import type { Command, PermissionPart } from "./permissions/parts.ts";
import type { Policies, PolicyDocument } from "./permissions/policies.ts";
import type { Need } from "./permissions/verdict.ts";
import type { BuildSpec, Config, ContextFacts, Deployed, Image, JobSpec, Pool } from "./plan/types.ts";

/** What goes into a build context, as `unitune context --json` prints it. */
export interface ContextReport {
  /** sha256 over entries and contents, hex. */
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
  /** What is probably not meant. */
  readonly warnings: readonly string[];
}

/** Where a project's secrets are: its folder and its variables. */
export type SecretPlaces = import("./adapters/config/secrets.ts").SecretPlaces;

type ReadContext = Awaited<ReturnType<typeof import("./adapters/context/mod.ts").readContext>>;

interface Rooms {
  readonly job: typeof import("./images/backends/buildkit/job.ts");
  readonly cluster: typeof import("./cluster/mod.ts");
  readonly clusterTemplates: import("./cluster/mod.ts").ClusterTemplates;
  readonly jobTemplate: string;
  readonly fetchScript: string;
  readonly loginScript: string;
}

/** One project's files: its assembly in a temporary folder, its contexts, the texts of its templates. */
export class ProjectFiles implements Project {
  readonly config: Config;
  readonly #rooms: Rooms;
  readonly #places: SecretPlaces | undefined;
  readonly #contexts = new Map<string, Promise<ReadContext>>();
  /** Folders by version of Kubernetes. */
  readonly #assemblies = new Map<string, Promise<string>>();

  private constructor(config: Config, rooms: Rooms, places: SecretPlaces | undefined) {
    this.config = config;
    this.#rooms = rooms;
    this.#places = places;
  }

  /** Without `places` no secret can be read: enough for all but building images that have some. */
  static async open(config: Config, places?: SecretPlaces): Promise<ProjectFiles> {
    const { readTemplate } = await import("./adapters/assets.ts");
    const [job, cluster, jobTemplate, fetchScript, loginScript] = await Promise.all([
      import("./images/backends/buildkit/job.ts"),
      import("./cluster/mod.ts"),
      readTemplate("build-job.yaml"),
      readTemplate("fetch-context.mjs"),
      readTemplate("registry-login.mjs"),
    ]);
    const texts = cluster.CLUSTER_TEMPLATES.map(async (name) => [name, await readTemplate(`cluster/${name}`)] as const);
    const clusterTemplates = Object.fromEntries(await Promise.all(texts)) as Rooms["clusterTemplates"];
    return new ProjectFiles(config, { job, cluster, clusterTemplates, jobTemplate, fetchScript, loginScript }, places);
  }

  assembly(kubernetes: string = this.config.cluster.version): Promise<string> {
    const made = this.#assemblies.get(kubernetes) ?? this.#synthesize(kubernetes);
    this.#assemblies.set(kubernetes, made);
    return made;
  }

  async #synthesize(kubernetes: string): Promise<string> {
    const [{ synthesize }, { configAt }] = await Promise.all([
      import("../infra/synth.ts"),
      import("./plan/versions.ts"),
    ]);
    const folder = await Deno.makeTempDir({ prefix: "unitune-assembly-" });
    await synthesize(configAt(this.config, kubernetes), folder);
    return folder;
  }

  async offlineDiff(): Promise<StackDiff[]> {
    const { offlineDiff } = await import("./adapters/assembly.ts");
    return await offlineDiff(await this.assembly(), stackNames(this.config));
  }

  async builds(): Promise<BuildSpec[]> {
    const { buildSpecs } = await import("./images/key.ts");
    const facts = this.config.images.map(async (image) => [image.name, (await this.#read(image)).facts] as const);
    const contexts: Record<string, ContextFacts> = Object.fromEntries(await Promise.all(facts));
    await this.#refuseSecretsInContexts();
    return buildSpecs(this.config, contexts);
  }

  async upload(name: string, store: ContextStorePort, signal: AbortSignal): Promise<Upload> {
    const { storeContext } = await import("./adapters/context/mod.ts");
    const image = this.config.images.find((image) => image.name === name)!;
    return await storeContext(await this.#read(image), store, { signal });
  }

  async secrets(name: string): Promise<SecretValue[]> {
    const { readSecrets } = await import("./adapters/config/secrets.ts");
    const nowhere: SecretPlaces = { walls: { root: "/", allowed: [] }, env: () => undefined };
    return await readSecrets(this.config.images.find((image) => image.name === name)!, this.#places ?? nowhere);
  }

  jobObjects(spec: JobSpec): KubeObject[] {
    const { job, jobTemplate, fetchScript } = this.#rooms;
    return job.buildJob(spec, this.config.builder, jobTemplate, fetchScript);
  }

  helmObjects(action: "install" | "uninstall", deployed: Deployed | null, namespaceUid?: string): KubeObject[] {
    const { cluster, clusterTemplates: templates, fetchScript, loginScript } = this.#rooms;
    const { config } = this, scripts = { "fetch-context.mjs": fetchScript, "registry-login.mjs": loginScript };
    return cluster.helmJob({ action, config, deployed, templates, scripts, ...(namespaceUid && { namespaceUid }) });
  }

  clusterObjects(deployed: Deployed): KubeObject[] {
    return this.#rooms.cluster.desiredObjects(this.config, deployed, this.#rooms.clusterTemplates);
  }

  chartsHash(deployed: Deployed): string {
    return this.#rooms.cluster.chartsHash(this.config, deployed);
  }

  async permissions(command: Command, parts: readonly PermissionPart[], caller: Identity): Promise<Need[]> {
    const { callerPermissions } = await import("./permissions/table.ts");
    return callerPermissions(command, this.config, { parts, caller });
  }

  /**
   * The policies of each command, and those of CloudFormation's own role; of any account if the config names none.
   * Several where one would be longer than IAM allows.
   */
  async policies(): Promise<Policies> {
    const [{ callerPermissions, cloudFormationPermissions }, { COMMANDS }, { policyDocuments }] = await Promise.all([
      import("./permissions/table.ts"),
      import("./permissions/parts.ts"),
      import("./permissions/policies.ts"),
    ]);
    const ofCommand = (command: Command) => policyDocuments(callerPermissions(command, this.config));
    return {
      ...Object.fromEntries(COMMANDS.map((command) => [command, ofCommand(command)])) as Record<
        Command,
        PolicyDocument[]
      >,
      cloudformation: policyDocuments(cloudFormationPermissions(this.config)),
    };
  }

  /** A build's objects, one Job for each platform last, with placeholders for what only a deployment tells. */
  plannedJob(build: BuildSpec): KubeObject[] {
    const objects = build.image.platforms.map((platform) => this.#plannedPlatform(build, platform));
    return [...objects[0]!.slice(0, -1), ...objects.map((some) => some.at(-1)!)];
  }

  #plannedPlatform(build: BuildSpec, platform: Platform): KubeObject[] {
    const registry = registryHost("000000000000", this.config.region);
    const needs = build.needs.map((need) => {
      const { repository } = this.config.images.find(({ name }) => name === need.image)!;
      return [need.alias, `${registry}/${repository}:${sourceTag(need.key)}`];
    });
    return this.jobObjects({
      name: jobName(build.image.name, archOf(platform), build.key),
      build,
      platform,
      tag: sourceTag(build.key, build.image.platforms.length > 1 ? archOf(platform) : undefined),
      context: { bucket: "known-after-apply", listKey: "known-after-upload", listDigest: "0".repeat(64) },
      needs: Object.fromEntries(needs),
      registry,
      pushRoleArn: "known-after-apply",
      pool: this.config.pools.find(({ name }) => name === build.image.pool)!,
    });
  }

  async contextReport(name: string): Promise<ContextReport> {
    return reportOf(await this.#read(this.config.images.find((image) => image.name === name)!));
  }

  /** `stacks/*.template.json`, `access.json`, `images.json`, `cluster/*.yaml`, `jobs/*.yaml`, `permissions/*.json`. */
  async writeAll(out: string): Promise<string[]> {
    const [{ toYaml }, { UNDEPLOYED }, { readTemplate }, { accessDocument }, { sourceDocument }] = await Promise.all([
      import("./adapters/yaml.ts"),
      import("./actions/observe.ts"),
      import("./adapters/assembly.ts"),
      import("./plan/access.ts"),
      import("./plan/sources.ts"),
    ]);
    const written: string[] = [];
    const write = async (path: string, text: string): Promise<void> => {
      await Deno.mkdir(`${out}/${path}`.replace(/\/[^/]*$/, ""), { recursive: true });
      await Deno.writeTextFile(`${out}/${path}`, text);
      written.push(path);
    };
    for (const stack of stackNames(this.config)) {
      await write(`stacks/${stack}.template.json`, await readTemplate(await this.assembly(), stack));
    }
    const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;
    if (this.config.cluster.admins.length > 0) await write("access.json", json(accessDocument(this.config)));
    await write("images.json", json(sourceDocument(this.config)));
    for (const object of this.clusterObjects({ ...UNDEPLOYED, region: this.config.region })) {
      await write(`cluster/${fileName(object)}.yaml`, toYaml([object]));
    }
    for (const build of await this.builds()) {
      await write(`jobs/${build.image.name}.yaml`, toYaml(this.plannedJob(build)));
    }
    for (const [name, policies] of Object.entries(await this.policies())) {
      for (const [index, policy] of policies.entries()) {
        const file = policies.length === 1 ? name : `${name}-${index + 1}`;
        await write(`permissions/${file}.json`, json(policy));
      }
    }
    return written;
  }

  async close(): Promise<void> {
    for (const made of this.#assemblies.values()) {
      const folder = await made.catch(() => undefined);
      if (folder) await Deno.remove(folder, { recursive: true });
    }
  }

  async #refuseSecretsInContexts(): Promise<void> {
    const { images } = this.config;
    if (!this.#places || images.every(({ secrets }) => Object.keys(secrets).length === 0)) return;
    const { refuseInContext } = await import("./adapters/config/secrets.ts");
    const contexts = images.map(async (image) => {
      const { root, entries } = await this.#read(image);
      return { name: image.name, root, paths: new Set(entries.map(({ path }) => path)) };
    });
    await refuseInContext(images, await Promise.all(contexts), this.#places.walls);
  }

  #read(image: Image): Promise<ReadContext> {
    const { name } = image;
    const read = this.#contexts.get(name) ??
      import("./adapters/context/mod.ts").then(({ readContext }) => readContext(image));
    this.#contexts.set(name, read);
    return read;
  }
}

/** Claims of one name are in several namespaces. */
function fileName({ kind, metadata: { name, namespace } }: KubeObject): string {
  return `${kind.toLowerCase()}-${kind === "PersistentVolumeClaim" ? `${namespace}.${name}` : name}`;
}

export function reportOf(read: ReadContext): ContextReport {
  const files = read.entries.map(({ path, type, mode, size }) => ({ path, type, mode, size }));
  return { digest: read.facts.digest, bytes: read.facts.bytes, files, warnings: read.warnings };
}

/** What a folder would send as a build context. */
export async function directoryContext(directory: string): Promise<ContextReport> {
  const { readContext } = await import("./adapters/context/mod.ts");
  return reportOf(await readContext(await directoryImage(directory, "directory", undefined, { name: "", arch: [] })));
}

/** An image that no config declares: a folder and the repository it goes to. */
export async function directoryImage(
  directory: string,
  repository: string,
  tag: string | undefined,
  pool: Pick<Pool, "name" | "arch">,
): Promise<Image> {
  const context = await Deno.realPath(directory).catch((cause) => {
    throw new UnituneError("DIRECTORY_NOT_FOUND", `Cannot read folder ${directory}: it is not there`, {
      path: directory,
      hint: "Name a folder that holds a Dockerfile",
      cause,
    });
  });
  const name = repository.split("/").at(-1) ?? "";
  if (!/^[a-z0-9]+([._/-][a-z0-9]+)*$/.test(repository) || !NAME_PATTERN.test(name)) {
    throw new UnituneError("USAGE", `Cannot use "${repository}" as --image-name: it is no ECR repository name`, {
      hint: "Lower-case letters, digits and -, beginning with a letter; / between parts",
    });
  }
  return {
    name,
    repository,
    context,
    dockerfile: "Dockerfile",
    ignoreFile: null,
    target: null,
    args: {},
    secrets: {},
    needs: {},
    platforms: [pool.arch.includes("amd64") ? "linux/amd64" : "linux/arm64"],
    tags: tag ? [{ name: tag, moves: tag === LATEST }] : [],
    labels: {},
    pool: pool.name,
    resources: { cpu: "1", memory: "2Gi" },
    cache: "max",
    provenance: "none",
    sbom: false,
    timeoutSeconds: 3600,
  };
}

export interface PortOptions {
  readonly config: Config;
  readonly profile: string | undefined;
  /** Hears what was found out in a weaker way than usual, and what that means. */
  readonly note: (message: string) => void;
}

/** The real adapters. */
export async function openPorts({ config, profile, note }: PortOptions): Promise<Ports> {
  const [aws, { stacks }, { kubernetes }, { systemClock }] = await Promise.all([
    import("./adapters/aws/mod.ts"),
    import("./adapters/aws/stacks.ts"),
    import("./adapters/kubernetes/mod.ts"),
    import("./adapters/clock.ts"),
  ]);
  const clients = aws.clients({ region: config.region, profile });
  const eks = aws.eks(clients);
  return {
    identity: aws.identity(clients, note),
    eks,
    registry: aws.registry(clients),
    leftovers: aws.leftovers(clients),
    network: aws.network(clients),
    parameters: aws.parameters(clients),
    keys: aws.keys(clients),
    capacity: aws.capacity(clients),
    placement: aws.placement(clients),
    permissions: aws.permissions(clients),
    stacks: stacks({ region: config.region, profile }),
    clock: systemClock,
    contexts: (bucket) => aws.contextStore(clients, bucket),
    kube: (cluster) => {
      return Promise.resolve(kubernetes({
        endpoint: cluster.endpoint,
        caData: cluster.caData,
        token: () => eks.token(cluster.name).then(({ token }) => token),
      }));
    },
  };
}
