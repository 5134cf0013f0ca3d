/** The config of `deploy`: the project's own, with one image in place of those that it declares. */
import { realDirectory } from "../adapters/context/directory.ts";
import type { LoadedProject } from "../adapters/config/load.ts";
import type { Issue } from "../config/issues.ts";
import { UnituneError } from "../core/errors.ts";
import { LATEST } from "../core/facts/repositories.ts";
import type { Config } from "../plan/types.ts";

/** A folder to build, and where the image goes. */
export interface DirectoryImage {
  /** The build context. */
  readonly directory: string;
  /** The ECR repository; its last part is the image's name. */
  readonly repository: string;
  /** A tag for the image. `latest` may move; any other is written once. Default: none. */
  readonly tag?: string | undefined;
}

/** Resolves the image like a declared one: names, tags and defaults follow the same rules. */
export async function directoryConfig(loaded: LoadedProject, image: DirectoryImage): Promise<Config> {
  const { resolveConfig } = await import("../config/resolve/config.ts");
  const { config, plain, options } = loaded, { directory, repository, tag } = image;
  const context = await realDirectory(directory), name = repository.split("/").at(-1) ?? "";
  const pool = config.pools.find((one) => one.name === config.builder.pool)!;
  const written = plain.value as { readonly builder?: object };
  const value = {
    ...written,
    // Nothing would delete the volume: `apply` knows only the images of the config.
    builder: { ...written.builder, cache: false },
    images: {
      [name]: {
        $: "image",
        context: directory,
        repository,
        platforms: [pool.arch.includes("amd64") ? "linux/amd64" : "linux/arm64"],
        ...tag !== undefined && { tags: [{ name: tag, moves: tag === LATEST }] },
      },
    },
  };
  const resolved = resolveConfig({ value, refused: [] }, { ...options, contexts: { [name]: context } });
  if (resolved.config) return resolved.config;
  throw wrongFlags(resolved.issues, image);
}

function wrongFlags(issues: readonly Issue[], { repository, tag }: DirectoryImage): UnituneError {
  const lines = issues.map(({ path, message, hint }) => {
    const flag = path[2] === "tags" ? `--tag "${tag}"` : path[0] === "images" ? `--image-name "${repository}"` : "";
    return `${flag ? `${flag}: ` : ""}${message}${hint ? ` — ${hint}` : ""}`;
  });
  return new UnituneError("USAGE", "Cannot deploy as ECR would not accept this image", {
    path: issues.some(({ path }) => path[2] === "tags") ? "--tag" : "--image-name",
    lines,
  });
}
