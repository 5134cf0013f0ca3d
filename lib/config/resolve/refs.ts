/** Types of the DSL's results: opaque references, branded so that a plain object in their place does not compile. */
/** @internal */
declare const KIND: unique symbol;
/** @internal */
declare const CONTEXT: unique symbol;
/** @internal */
declare const NEEDS: unique symbol;
/** @internal */
declare const POOL: unique symbol;

/** A pool declared with `cpuPool`. */
export interface CpuPoolRef {
  /** @internal */
  readonly [KIND]: "cpuPool";
}

/** A pool declared with `gpuPool`. */
export interface GpuPoolRef {
  /** @internal */
  readonly [KIND]: "gpuPool";
}

/** An image declared with `image`. Its type has its context, needs and pool, so that missing ones are type errors. */
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

/** Any image. */
export type AnyImage = ImageRef<string, unknown, string>;
/** Images by the name used after `FROM`. */
export type Needs = { readonly [alias: string]: AnyImage };
/** Images by name: lower-case letters, digits and hyphens, at most 28 characters. */
export type ImagesInput = { readonly [name: string]: AnyImage };

/** A Dockerfile declared with `python`. */
export interface PythonRef {
  /** @internal */
  readonly [KIND]: "python";
}

/** A config declared with `defineConfig`. */
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
 * Each image unchanged, unless it needs an image that is not in `images` (types distinguish images only by context), or
 * names a pool that is not one of the CPU pools.
 * @internal
 */
export type Declared<I, Pools extends string = string> = {
  readonly [K in keyof I]: [Missing<NeededContexts<I[K]>, ContextOf<I[keyof I]>>] extends [never]
    ? [Missing<PoolOf<I[K]>, Pools>] extends [never] ? I[K]
    : `names pool ${Missing<PoolOf<I[K]>, Pools>}, which is not one of the CPU pools`
    : `needs the image of ${Missing<NeededContexts<I[K]>, ContextOf<I[keyof I]>>}, which is not in images`;
};

/**
 * Names of the pools declared with `cpuPool`, the only ones that builds run on.
 * @internal
 */
export type CpuPoolNames<P> = string extends keyof P ? string
  : { [K in keyof P]: P[K] extends CpuPoolRef ? K : never }[keyof P] & string;

type Section<T, Allowed> = T extends object
  ? T & { readonly [K in Exclude<keyof T, keyof Extract<Allowed, object>>]: never }
  : T;

/**
 * The result of a function passed to `defineConfig`. TypeScript itself finds unknown fields only in object literals that
 * are passed directly.
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
