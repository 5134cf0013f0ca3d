/** The Kubernetes objects of a config, rendered from the program's templates. */
import type { Objects } from "../actions/operation.ts";
import type { Kube } from "../core/kube.ts";
import type { Config, Deployed, JobSpec } from "../plan/types.ts";

interface Rooms {
  readonly job: typeof import("../images/backends/buildkit/job.ts");
  readonly cluster: typeof import("../cluster/mod.ts");
  readonly templates: import("../cluster/mod.ts").ClusterTemplates;
  readonly jobTemplate: string;
  readonly fetchScript: string;
  readonly loginScript: string;
}

export class RenderedObjects implements Objects {
  readonly #config: Config;
  readonly #rooms: Rooms;

  private constructor(config: Config, rooms: Rooms) {
    this.#config = config;
    this.#rooms = rooms;
  }

  /** Reads the templates. */
  static async open(config: Config): Promise<RenderedObjects> {
    const { readTemplate } = await import("../adapters/assets.ts");
    const [job, cluster, jobTemplate, fetchScript, loginScript] = await Promise.all([
      import("../images/backends/buildkit/job.ts"),
      import("../cluster/mod.ts"),
      readTemplate("build-job.yaml"),
      readTemplate("fetch-context.mjs"),
      readTemplate("registry-login.mjs"),
    ]);
    const texts = cluster.CLUSTER_TEMPLATES.map(async (name) => [name, await readTemplate(`cluster/${name}`)] as const);
    const templates = Object.fromEntries(await Promise.all(texts)) as Rooms["templates"];
    return new RenderedObjects(config, { job, cluster, templates, jobTemplate, fetchScript, loginScript });
  }

  build(spec: JobSpec): Kube[] {
    const { job, jobTemplate, fetchScript } = this.#rooms;
    return job.buildJob(spec, this.#config.builder, jobTemplate, fetchScript);
  }

  helm(action: "install" | "uninstall", deployed: Deployed | null, namespaceUid?: string): Kube[] {
    const { cluster, templates, fetchScript, loginScript } = this.#rooms;
    const scripts = { "fetch-context.mjs": fetchScript, "registry-login.mjs": loginScript };
    const input = { action, config: this.#config, deployed, templates, scripts };
    return cluster.helmJob({ ...input, ...(namespaceUid && { namespaceUid }) });
  }

  cluster(deployed: Deployed): Kube[] {
    return this.#rooms.cluster.desiredObjects(this.#config, deployed, this.#rooms.templates);
  }

  chartsHash(deployed: Deployed): string {
    return this.#rooms.cluster.chartsHash(this.#config, deployed);
  }
}
