/** An OCI image layout: the folder from which containerd imports and the store is filled. */
import { sha256 } from "./layer.ts";

export interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly annotations?: Readonly<Record<string, string>>;
}
export interface Manifest {
  readonly schemaVersion: 2;
  readonly mediaType: string;
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
  readonly annotations?: Readonly<Record<string, string>>;
}

export const imageConfigType = "application/vnd.oci.image.config.v1+json";
export const manifestType = "application/vnd.oci.image.manifest.v1+json";

export class Layout {
  readonly #dir: string;
  readonly #images: Descriptor[] = [];
  readonly #artifacts: Descriptor[] = [];

  constructor(dir: string) {
    this.#dir = dir;
  }

  async begin(): Promise<void> {
    await Deno.mkdir(`${this.#dir}/blobs/sha256`, { recursive: true });
    await Deno.writeTextFile(`${this.#dir}/oci-layout`, '{"imageLayoutVersion":"1.0.0"}');
  }

  async addFile(file: string, digest: string): Promise<void> {
    await Deno.copyFile(file, blobPath(this.#dir, digest));
  }

  async addJson(mediaType: string, value: unknown): Promise<Descriptor> {
    const bytes = new TextEncoder().encode(JSON.stringify(value));
    const digest = sha256(bytes);
    await Deno.writeFile(blobPath(this.#dir, digest), bytes);
    return { mediaType, digest, size: bytes.length };
  }

  /** Writes the manifest and lists it under every name; names are whole: host, repository, and tag or digest. */
  async addManifest(manifest: Manifest, names: readonly string[]): Promise<void> {
    const descriptor = await this.addJson(manifest.mediaType, manifest);
    // containerd refuses to import what is no image
    const index = manifest.config.mediaType === imageConfigType ? this.#images : this.#artifacts;
    for (const name of names) {
      const annotations = {
        "io.containerd.image.name": name,
        "org.opencontainers.image.ref.name": name.slice(name.lastIndexOf(":") + 1),
      };
      index.push({ ...descriptor, annotations });
    }
  }

  async end(): Promise<void> {
    for (const [name, manifests] of [["index", this.#images], ["artifacts", this.#artifacts]] as const) {
      await Deno.writeTextFile(`${this.#dir}/${name}.json`, JSON.stringify({ schemaVersion: 2, manifests }));
    }
  }
}

export function blobPath(dir: string, digest: string): string {
  return `${dir}/blobs/sha256/${digest.replace("sha256:", "")}`;
}

/** Whole name → digest of what it leads to, of everything in the layout. */
export async function namesIn(dir: string): Promise<Map<string, string>> {
  const names = new Map<string, string>();
  for (const file of ["index.json", "artifacts.json"]) {
    const index = JSON.parse(await Deno.readTextFile(`${dir}/${file}`)) as { manifests: Descriptor[] };
    for (const item of index.manifests) names.set(item.annotations?.["io.containerd.image.name"] ?? "", item.digest);
  }
  return names;
}
