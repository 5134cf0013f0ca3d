/** Kind → API path, from the server's discovery, which is read again when a kind is missing: CRDs come later. */
import { UnituneError } from "../../core/errors.ts";
import type { KubeError } from "./errors.ts";
import type { KubeHttp } from "./http.ts";

interface Resource {
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

interface Kind {
  readonly apiVersion: string;
  readonly kind: string;
}

export class Kinds {
  readonly #http: KubeHttp;
  readonly #groups = new Map<string, Promise<readonly Resource[]>>();

  constructor(http: KubeHttp) {
    this.#http = http;
  }

  async path(kind: Kind, namespace?: string, name?: string): Promise<string> {
    const resource = await this.#find(kind);
    if (!resource) {
      throw new UnituneError(
        "KUBE_KIND_UNKNOWN",
        `Cannot find kind ${kind.kind} of ${kind.apiVersion} in the cluster`,
        {
          path: `${kind.apiVersion} ${kind.kind}`,
          hint: "Its CRDs are not installed: run `unitune apply --only infra`",
        },
      );
    }
    const scope = resource.namespaced && namespace ? `/namespaces/${namespace}` : "";
    return `${base(kind.apiVersion)}${scope}/${resource.name}${name ? `/${name}` : ""}`;
  }

  async has(kind: Kind): Promise<boolean> {
    return (await this.#find(kind)) !== undefined;
  }

  async #find({ apiVersion, kind }: Kind): Promise<Resource | undefined> {
    const known = this.#groups.has(apiVersion);
    const find = async () => (await this.#resources(apiVersion)).find((r) => r.kind === kind && !r.name.includes("/"));
    const found = await find();
    if (found || !known) return found;
    this.#groups.delete(apiVersion);
    return await find();
  }

  #resources(apiVersion: string): Promise<readonly Resource[]> {
    const cached = this.#groups.get(apiVersion);
    if (cached) return cached;
    const read = this.#http.json<{ resources: Resource[] }>({ path: base(apiVersion) })
      .then(({ resources }) => resources, (error: KubeError) => {
        if (error.status === 404) return [];
        this.#groups.delete(apiVersion);
        throw error;
      });
    this.#groups.set(apiVersion, read);
    return read;
  }
}

function base(apiVersion: string): string {
  return apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
}
