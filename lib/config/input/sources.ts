/** What the user writes about where images and charts come from. */

/** Registries of the images and charts that unitune itself uses; EKS has one per region. */
export type BroughtFrom = "docker.io" | "public.ecr.aws" | "nvcr.io" | (string & Record<never, never>);

/** Host of a registry → a host, or a host and a path, under which the same content is found. */
export type MirrorsInput = { readonly [host in BroughtFrom]?: string };

/** A reference with its tag, as its publisher names it → its digest. */
export type DigestsInput = { readonly [reference: `${string}/${string}:${string}`]: `sha256:${string}` };
