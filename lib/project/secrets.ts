/** Secrets of a project's images. */
import type { SecretPlaces } from "../adapters/config/secrets.ts";
import type { SecretValue } from "../core/secrets.ts";
import { hasSecrets } from "../images/secret.ts";
import type { Config } from "../plan/types.ts";

interface ContextFiles {
  readonly name: string;
  readonly root: string;
  readonly entries: readonly { readonly path: string }[];
}

export class Secrets {
  readonly #config: Config;
  readonly #places: SecretPlaces | undefined;

  /** Without `places` no secret can be read, which is enough for images without secrets. */
  constructor(config: Config, places: SecretPlaces | undefined) {
    this.#config = config;
    this.#places = places;
  }

  /** Values of an image's secrets. Throws an error that names each one that cannot be read. */
  async read(name: string): Promise<SecretValue[]> {
    const { readSecrets } = await import("../adapters/config/secrets.ts");
    const nowhere: SecretPlaces = { walls: { root: "/", allowed: [] }, env: () => undefined };
    const { images, builder: { registries } } = this.#config, image = images.find((image) => image.name === name)!;
    return await readSecrets(image, registries, this.#places ?? nowhere);
  }

  /** Throws if a context holds the file of a secret. */
  async refuseInContexts(contexts: readonly ContextFiles[]): Promise<void> {
    const { images, builder } = this.#config;
    if (!this.#places || !images.some((image) => hasSecrets(image, builder))) return;
    const { refuseInContext } = await import("../adapters/config/secrets.ts");
    const files = contexts.map(({ name, root, entries }) => {
      return { name, root, paths: new Set(entries.map(({ path }) => path)) };
    });
    await refuseInContext(images, builder.registries, files, this.#places.walls);
  }
}
