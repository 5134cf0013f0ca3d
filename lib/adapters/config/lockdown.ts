/**
 * Removes, inside the sandbox, what the engine has besides the plain language: code from strings, shared memory, clocks
 * other than Date, and randomness. So the same file gives the same config. It runs as text (`lockDown.toString()`): no
 * outside names, and no named inner function (see `lib/config/dsl.ts`).
 */
// deno-lint-ignore no-explicit-any
type Any = any;

/** Returns the names that could not be removed. If there are any, the config must not be loaded. */
export function lockDown(keep: readonly string[], log: (line: string) => void): readonly string[] {
  const world: Any = globalThis;
  // Each kind of function has a constructor that compiles strings.
  [function () {}, async function () {}, function* () {}, async function* () {}].forEach((kind) => {
    Object.defineProperty(Object.getPrototypeOf(kind), "constructor", {
      value: undefined,
      writable: false,
      configurable: false,
    });
  });
  Object.getOwnPropertyNames(world).forEach((key) => keep.includes(key) || Reflect.deleteProperty(world, key));
  Reflect.deleteProperty(Math, "random");
  // Searching one long text in another is a single step for the engine, which no time limit interrupts.
  ["indexOf", "lastIndexOf", "includes", "split", "replace", "replaceAll"].forEach((name) => {
    const texts: Any = String.prototype, search = texts[name], most = 2 ** 28;
    texts[name] = {
      [name](this: string, ...rest: Any[]) {
        if (typeof rest[0] === "string" && String(this).length * rest[0].length > most) {
          throw new RangeError(`${name} would take too long: both texts are too long`);
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

/** The language itself, without code from strings, randomness and shared memory. A config may use Date. */
export const KEPT = [
  "Object,Array,Number,parseFloat,parseInt,Infinity,NaN,undefined,Boolean,String,Symbol,Promise,RegExp,Error",
  "AggregateError,EvalError,RangeError,ReferenceError,SyntaxError,TypeError,URIError,InternalError,globalThis,JSON,Math",
  "Map,BigInt,Set,Iterator,WeakMap,WeakSet,Proxy,Reflect,decodeURI,decodeURIComponent,encodeURI,encodeURIComponent",
  "isFinite,isNaN,queueMicrotask,Date",
].flatMap((line) => line.split(","));
