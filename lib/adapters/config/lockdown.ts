/**
 * Takes away, inside the Worker, all that is not the plain language: no Deno, process, fetch, Worker, timers, no code
 * from strings, and no chance, so that the same file gives the same config at the same time. It runs as text
 * (`lockDown.toString()`): no outside names, and no named inner function (see `lib/config/dsl.ts`).
 */
// deno-lint-ignore no-explicit-any
type Any = any;

/** Gives the names that could not be removed: the config must not be loaded then. */
export function lockDown(keep: readonly string[], log: (line: string) => void): readonly string[] {
  const world: Any = globalThis, events = EventTarget.prototype;
  // Each kind of function leads to a constructor that compiles strings.
  [function () {}, async function () {}, function* () {}, async function* () {}].forEach((kind) => {
    Object.defineProperty(Object.getPrototypeOf(kind), "constructor", {
      value: undefined,
      writable: false,
      configurable: false,
    });
  });
  // What is kept under symbols is the state of its events: without it Deno cannot tell of an uncaught error.
  Object.getOwnPropertyNames(world).forEach((key) => keep.includes(key) || Reflect.deleteProperty(world, key));
  Object.getOwnPropertyNames(Object.getPrototypeOf(world)).forEach((key) =>
    Reflect.deleteProperty(Object.getPrototypeOf(world), key)
  );
  // dispatchEvent stays for the same reason.
  ["constructor", "addEventListener", "removeEventListener"].forEach((key) => Reflect.deleteProperty(events, key));
  Reflect.deleteProperty(Math, "random");
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
  "AggregateError,EvalError,RangeError,ReferenceError,SyntaxError,TypeError,URIError,SuppressedError,globalThis,JSON,Math",
  "Map,BigInt,Set,Iterator,WeakMap,WeakSet,Proxy,Reflect,decodeURI,decodeURIComponent,encodeURI,encodeURIComponent",
  // Deno 2.9 does not let go of the last one; it reaches nothing.
  "isFinite,isNaN,queueMicrotask,Date",
].flatMap((line) => line.split(","));
