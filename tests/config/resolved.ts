/** Configs resolved as the loader does it, but written here: no file, no sandbox. */
import assert from "node:assert/strict";
import { makeDsl, makeKinds, makePlain } from "../../lib/config/dsl.ts";
import { resolveConfig, type Resolved, type ResolveOptions } from "../../lib/config/resolve/config.ts";
import type { Config } from "../../lib/config/types.ts";

export const dsl = { ...makeDsl(), ...makePlain(makeKinds()) };

/** The least that a config must say. */
export const LEAST = { name: "acme", region: "us-west-2", cluster: { endpoint: "private" } } as const;

/** The config, or what is wrong with it. */
export function resolve(input: unknown, options?: ResolveOptions): Resolved {
  return resolveConfig(dsl.plain(dsl.defineConfig(input), { stage: undefined, env: {} }), options);
}

/** The config, of which nothing is wrong. */
export function resolved(input: unknown, options?: ResolveOptions): Config {
  const { config, issues } = resolve(input, options);
  assert.deepEqual(issues, []);
  assert(config);
  return config;
}
