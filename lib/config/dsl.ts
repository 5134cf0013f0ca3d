/**
 * The DSL at run time, in functions that use no outer names: the sandbox receives them as text (`makeDsl.toString()`),
 * which must work from the sources and from the bundle. So everything in them is a method or an anonymous callback: a
 * bundler that keeps names wraps named inner functions in a helper that would be missing from the text.
 */

import type { GitFacts } from "../core/git.ts";

/**
 * What leaves the sandbox: plain data, with references between images resolved to names. The key `$` of an object names
 * the function that created it, `cpuPool`, `gpuPool`, `image` or `python`; or it is `needs`, for a reference. An image
 * whose tags are from a function has `$git` besides.
 */
export interface PlainConfig {
  readonly value: unknown;
  /** Values that are not plain data, with what was found; also a default export that is not from `defineConfig`. */
  readonly refused: readonly { readonly path: readonly (string | number)[]; readonly found: string }[];
}

export interface DslArguments {
  readonly stage: string | undefined;
  readonly env: Readonly<Record<string, string>>;
  /** `null`: the config is in no repository with a commit. */
  readonly git?: GitFacts | null | undefined;
}

// deno-lint-ignore no-explicit-any
type Any = any;

export function makeDsl() {
  const mark = Symbol.for("unitune.config");
  return {
    defineConfig(input: Any): Any {
      return Object.freeze({ [mark]: "config", input });
    },
    cpuPool(input: Any): Any {
      return Object.freeze({ ...input, [mark]: "cpuPool" });
    },
    gpuPool(input: Any): Any {
      return Object.freeze({ ...input, [mark]: "gpuPool" });
    },
    python(input: Any): Any {
      return Object.freeze({ ...input, [mark]: "python" });
    },
    image(input: Any): Any {
      return Object.freeze({ ...input, [mark]: "image" });
    },
  };
}

/** Describes values for messages. Like the DSL, one function that uses no outer names. */
export function makeKinds() {
  return {
    /** A description of a value that is not plain data; `null` if it is. `above` contains the objects around it. */
    refusal(value: Any, above: Any[]): string | null {
      if (typeof value !== "object") return this.nameOf(value);
      if (above.includes(value)) return "an object inside itself";
      if (above.length > 16) return "data more than 16 levels deep";
      const prototype = Object.getPrototypeOf(value);
      const plain = Array.isArray(value) || prototype === null || prototype === Object.prototype;
      return plain ? null : this.nameOf(value);
    },
    nameOf(value: Any): string {
      if (value === undefined) return "nothing";
      if (value === null) return "null";
      if (typeof value === "number") return String(value);
      if (typeof value !== "object") return `a ${typeof value}`;
      if (Array.isArray(value)) return "a list";
      const prototype = Object.getPrototypeOf(value);
      const name = prototype && prototype.constructor && prototype.constructor.name;
      return typeof name === "string" && name !== "Object" ? `a ${name}` : "an object";
    },
  };
}

/** Turns a config into plain data. Like the DSL, one function that uses no outer names. `kinds` is from `makeKinds`. */
export function makePlain(kinds: ReturnType<typeof makeKinds>) {
  const mark = Symbol.for("unitune.config");
  return {
    /** Turns the result of `defineConfig` into plain data, while the identity of images is still known. */
    plain(defined: Any, context: DslArguments): PlainConfig {
      const refused: { path: (string | number)[]; found: string }[] = [];
      if (defined === null || typeof defined !== "object" || defined[mark] !== "config") {
        return { value: null, refused: [{ path: [], found: kinds.nameOf(defined) }] };
      }
      const input = typeof defined.input === "function"
        ? defined.input({ stage: context.stage, env: Object.freeze({ ...context.env }) })
        : defined.input;
      const images = input !== null && typeof input === "object" && input.images ? Object.entries(input.images) : [];
      const git = context.git ? Object.freeze({ ...context.git }) : null;
      return { value: this.copy(input, [], [], images, refused, git), refused };
    },
    /** A copy of plain data; anything else is added to `refused`. `above` contains the objects around `value`. */
    copy(value: Any, path: (string | number)[], above: Any[], images: [string, Any][], refused: Any[], git: Any): Any {
      if (typeof value === "function" && path.length === 3 && path[0] === "images" && path[2] === "tags") {
        if (git !== null) return this.copy(value({ git }), path, above, images, refused, git);
        return void refused.push({ path, found: "a function, which needs a Git repository with a commit" });
      }
      if (value === undefined || value === null || typeof value === "string" || typeof value === "boolean") {
        return value;
      }
      if (typeof value === "number" && Number.isFinite(value)) return value;
      const wrong = kinds.refusal(value, above);
      if (wrong !== null) return void refused.push({ path, found: wrong });
      const kind = value[mark];
      if (kind === "image" && path.length === 4 && path[2] === "needs") {
        const declared = images.find((entry) => entry[1] === value);
        return { $: "needs", image: declared ? declared[0] : null };
      }
      const inside = [...above, value];
      if (Array.isArray(value)) {
        return Array.from(value, (item, at) => {
          if (item === undefined) refused.push({ path: [...path, at], found: "undefined" });
          return this.copy(item, [...path, at], inside, images, refused, git);
        });
      }
      const keys = Object.keys(value);
      // The schema skips such a field silently.
      if (keys.includes("__proto__")) refused.push({ path: [...path, "__proto__"], found: "a field of this name" });
      const entries = keys.map((key) => [key, this.copy(value[key], [...path, key], inside, images, refused, git)]);
      const fromGit = kind === "image" && typeof value.tags === "function" ? [["$git", true]] : [];
      return Object.fromEntries(kind ? [...entries, ...fromGit, ["$", kind]] : entries);
    },
  };
}
