/** What the user writes of where things come from. */

/** Registries that unitune brings something from, and others of EKS. */
export type BroughtFrom = "docker.io" | "public.ecr.aws" | "nvcr.io" | (string & Record<never, never>);

/** Host of a registry → a host, or a host and a path, that has the same below it. */
export type MirrorsInput = { readonly [host in BroughtFrom]?: string };

/** A reference with its tag, as its makers publish it → its digest. */
export type DigestsInput = { readonly [reference: `${string}/${string}:${string}`]: `sha256:${string}` };
