/**
 * Takes away, inside the sandbox, what the engine has besides the plain language: no code from strings, no shared
 * memory, no clocks but the date, and no chance, so that the same file gives the same config. It runs as text
 * (`lockDown.toString()`): no outside names, and no named inner function (see `lib/config/dsl.ts`).
 */
// deno-lint-ignore no-explicit-any
type Any = any;

/** Gives the names that could not be removed: the config must not be loaded then. */
export function lockDown(keep: readonly string[], log: (line: string) => void): readonly string[] {
  const world: Any = globalThis;
  // Each kind of function leads to a constructor that compiles strings.
  [function () {}, async function () {}, function* () {}, async function* () {}].forEach((kind) => {
    Object.defineProperty(Object.getPrototypeOf(kind), "constructor", {
      value: undefined,
      writable: false,
      configurable: false,
    });
  });
  Object.getOwnPropertyNames(world).forEach((key) => keep.includes(key) || Reflect.deleteProperty(world, key));
  Reflect.deleteProperty(Math, "random");
  // A search of one long text in another is one step for the engine: no time limit would end it.
  ["indexOf", "lastIndexOf", "includes", "split", "replace", "replaceAll"].forEach((name) => {
    const texts: Any = String.prototype, search = texts[name], most = 2 ** 28;
    texts[name] = {
      [name](this: string, ...rest: Any[]) {
        if (typeof rest[0] === "string" && String(this).length * rest[0].length > most) {
          throw new RangeError(`${name} of a text so long in a text so long takes too much time`);
        }
        return search.apply(this, rest);
      },
    }[name];
  });
  const say = {
    log(...parts: unknown[]) {
      log(parts.map((part) => typeof part === "string" ? part : JSON.stringify(part)).join(" "));
    },
  };
  world.console = Object.freeze({ log: say.log, info: say.log, warn: say.log, error: say.log, debug: say.log });
  return Object.getOwnPropertyNames(world).filter((key) => key !== "console" && !keep.includes(key));
}

/** The language itself, less what compiles strings, throws dice, or shares memory. A config may ask for the date. */
export const KEPT = [
  "Object,Array,Number,parseFloat,parseInt,Infinity,NaN,undefined,Boolean,String,Symbol,Promise,RegExp,Error",
  "AggregateError,EvalError,RangeError,ReferenceError,SyntaxError,TypeError,URIError,InternalError,globalThis,JSON,Math",
  "Map,BigInt,Set,Iterator,WeakMap,WeakSet,Proxy,Reflect,decodeURI,decodeURIComponent,encodeURI,encodeURIComponent",
  "isFinite,isNaN,queueMicrotask,Date",
].flatMap((line) => line.split(","));
