/** Types of what the DSL hands back: opaque references, branded so that a plain object in their place does not compile. */
/** @internal */
declare const KIND: unique symbol;
/** @internal */
declare const CONTEXT: unique symbol;
/** @internal */
declare const NEEDS: unique symbol;
/** @internal */
declare const POOL: unique symbol;

/** A pool made by `cpuPool`. */
export interface CpuPoolRef {
  /** @internal */
  readonly [KIND]: "cpuPool";
}

/** A pool made by `gpuPool`. */
export interface GpuPoolRef {
  /** @internal */
  readonly [KIND]: "gpuPool";
}

/** An image made by `image`. Its type carries its context, needs and pool, so that one that is missing can be seen. */
export interface ImageRef<C extends string = string, N = unknown, P extends string = string> {
  /** @internal */
  readonly [KIND]: "image";
  /** @internal */
  readonly [CONTEXT]: C;
  /** @internal */
  readonly [NEEDS]: N;
  /** @internal */
  readonly [POOL]: P;
}

/** An image, whatever it is made of. */
export type AnyImage = ImageRef<string, unknown, string>;
/** Images by the name that stands behind `FROM`. */
export type Needs = { readonly [alias: string]: AnyImage };
/** Images by name: lower-case letters, digits and hyphens, at most 28 characters. */
export type ImagesInput = { readonly [name: string]: AnyImage };

/** A config made by `defineConfig`. */
export interface DefinedConfig {
  /** @internal */
  readonly [KIND]: "config";
}

type ContextOf<T> = T extends ImageRef<infer C, unknown> ? C : never;
type NeededContexts<T> = T extends ImageRef<string, infer N> ? ContextOf<N[keyof N]> : never;
type Missing<Needed extends string, All extends string> = Needed extends unknown
  ? Needed extends All ? never : string extends Needed ? never : Needed
  : never;

/** @internal */
type PoolOf<T> = T extends ImageRef<string, unknown, infer P> ? P : never;

/**
 * Each image as it is, unless it needs one that `images` does not hold (told apart by context, as far as types can), or
 * names a pool that is none of the CPU pools.
 * @internal
 */
export type Declared<I, Pools extends string = string> = {
  readonly [K in keyof I]: [Missing<NeededContexts<I[K]>, ContextOf<I[keyof I]>>] extends [never]
    ? [Missing<PoolOf<I[K]>, Pools>] extends [never] ? I[K]
    : `names pool ${Missing<PoolOf<I[K]>, Pools>}, which is no CPU pool of pools`
    : `needs the image of ${Missing<NeededContexts<I[K]>, ContextOf<I[keyof I]>>}, which images does not hold`;
};

/**
 * Names of the pools made by `cpuPool`: builds run on no other.
 * @internal
 */
export type CpuPoolNames<P> = string extends keyof P ? string
  : { [K in keyof P]: P[K] extends CpuPoolRef ? K : never }[keyof P] & string;

type Section<T, Allowed> = T extends object
  ? T & { readonly [K in Exclude<keyof T, keyof Extract<Allowed, object>>]: never }
  : T;

/**
 * What a function given to `defineConfig` returns: TypeScript looks for unknown fields only in what is passed directly.
 * @internal
 */
export type Checked<R, Allowed> =
  & { readonly [K in Exclude<keyof R, keyof Allowed>]: never }
  & {
    readonly [K in keyof R & keyof Allowed]: K extends "images"
      ? Declared<R[K], R extends { readonly pools: infer P } ? CpuPoolNames<P> : string>
      : K extends "builder" ? Section<R[K], Allowed[K]> & BuilderPool<R>
      : K extends "network" | "cluster" | "iam" | "storage" | "karpenter" | "devicePlugins" ? Section<R[K], Allowed[K]>
      : R[K];
  };
type BuilderPool<R> = R extends { readonly pools: infer P } ? { readonly pool?: CpuPoolNames<P> } : unknown;
