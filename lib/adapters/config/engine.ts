/**
 * The engine that runs configs: QuickJS in WebAssembly. It cannot reach the host, and its module loader knows only the
 * config's own modules. Memory, stack and time are limited. The machine's time zone, locale and randomness are hidden.
 */
import type { QuickJSContext, QuickJSHandle, QuickJSRuntime } from "quickjs-emscripten-core";
import { newEngine } from "./engine_module.ts";

interface Limits {
  /** For everything that runs, from the first module on. */
  readonly timeoutMs: number;
  readonly memoryBytes: number;
}

/** With a larger stack, a recursion would overflow the host's own stack first. */
const STACK_BYTES = 256 << 10;

/** Rounds of loops between two looks at the clock: a built-in function that needs more has run for a second. */
const FUEL = 2e8;

/** An error from inside the sandbox. The config controls every text in it. */
export interface Thrown {
  readonly name: string;
  readonly message: string;
  readonly stack: string;
}

export type Outcome =
  | { readonly kind: "done"; readonly text: string }
  | { readonly kind: "thrown"; readonly thrown: Thrown }
  /** The limit that was reached. */
  | { readonly kind: "time" | "memory" }
  /** It waits for a promise that nothing inside settles. */
  | { readonly kind: "waits" };

interface Program {
  /** Source of a function that takes `log` and returns an object of functions, which the engine calls. */
  readonly prelude: string;
  readonly log: (line: string) => void;
  /** Source texts by name. */
  readonly modules: ReadonlyMap<string, string>;
  /** Name of the module that an import refers to; `undefined` if the import is not allowed. */
  readonly resolve: (specifier: string, from: string) => string | undefined;
  /** Name of the first module. */
  readonly entry: string;
  /** Name of the prelude's function that turns the first module's default export into text. */
  readonly finish: string;
  /** Second argument of that function, as JSON. */
  readonly context: string;
}

/** Runs the modules and returns the text that the prelude's function creates. Each run has a new engine. */
export async function runInside(program: Program, limits: Limits): Promise<Outcome> {
  const { quickjs, fuel } = await newEngine();
  const end = performance.now() + limits.timeoutMs;
  const late = () => performance.now() > end;
  try {
    fuel.value = FUEL;
    const runtime = quickjs.newRuntime();
    runtime.setMemoryLimit(limits.memoryBytes);
    runtime.setMaxStackSize(STACK_BYTES);
    runtime.setInterruptHandler(() => {
      fuel.value = FUEL;
      return late();
    });
    return inUtc(() => new Run(runtime, program, late).go());
  } catch (error) {
    // The engine itself failed: an assertion, its memory, or the host's stack. It is not used again.
    if (late() || fuel.value <= 0) return { kind: "time" };
    if (error instanceof RangeError || error instanceof WebAssembly.RuntimeError) return { kind: "memory" };
    throw error;
  }
}

/** The engine reads the time zone from the host's Date. `work` is synchronous, so nothing else sees the change. */
function inUtc<T>(work: () => T): T {
  const { getTimezoneOffset } = Date.prototype;
  Date.prototype.getTimezoneOffset = () => 0;
  try {
    return work();
  } finally {
    Date.prototype.getTimezoneOffset = getTimezoneOffset;
  }
}

class Run {
  readonly #runtime: QuickJSRuntime;
  readonly #context: QuickJSContext;
  readonly #program: Program;
  readonly #late: () => boolean;

  constructor(runtime: QuickJSRuntime, program: Program, late: () => boolean) {
    this.#runtime = runtime;
    this.#program = program;
    this.#late = late;
    runtime.setModuleLoader(
      (name) => program.modules.get(name) ?? { error: new Error(`a config must not import ${name}`) },
      // An unknown import keeps its name in quotes, which is the name of no module.
      (from, specifier) => program.resolve(specifier, from) ?? JSON.stringify(specifier),
    );
    this.#context = runtime.newContext();
  }

  go(): Outcome {
    const context = this.#context, { entry, modules, finish, log, prelude } = this.#program;
    const logger = context.newFunction("log", (line) => log(context.getString(line)));
    const start = context.evalCode(`(${prelude})`, "prelude");
    if (start.error) return this.#failure(start.error);
    const inside = context.callFunction(start.value, context.undefined, logger);
    if (inside.error) return this.#failure(inside.error);
    // From here on, the config's code runs.
    const loaded = context.evalCode(modules.get(entry)!, entry, { type: "module", strict: true });
    if (loaded.error) return this.#failure(loaded.error);
    const settled = this.#settled(loaded.value);
    if ("kind" in settled) return settled;
    const last = context.callFunction(
      context.getProp(inside.value, finish),
      context.undefined,
      context.getProp(settled.value, "default"),
      context.newString(this.#program.context),
    );
    return last.error ? this.#failure(last.error) : { kind: "done", text: context.getString(last.value) };
  }

  /** A module with top-level await is a promise: runs its jobs until it settles or no job is left. */
  #settled(module: QuickJSHandle): { readonly value: QuickJSHandle } | Outcome {
    const ran = this.#runtime.executePendingJobs();
    if (ran.error) return this.#failure(ran.error);
    const state = this.#context.getPromiseState(module);
    switch (state.type) {
      case "fulfilled":
        return { value: state.value };
      case "rejected":
        return this.#failure(state.error);
      case "pending":
        return { kind: "waits" };
      default:
        return state satisfies never;
    }
  }

  #failure(error: QuickJSHandle): Outcome {
    if (this.#late()) return { kind: "time" };
    const thrown = this.#thrown(error);
    const isOurs = thrown.name === "InternalError";
    return isOurs && /out of memory|stack overflow/.test(thrown.message)
      ? { kind: "memory" }
      : { kind: "thrown", thrown };
  }

  #thrown(error: QuickJSHandle): Thrown {
    const context = this.#context;
    if (context.typeof(error) !== "object") {
      return {
        name: "",
        message: context.typeof(error) === "symbol" ? "a symbol" : context.getString(error),
        stack: "",
      };
    }
    const text = (key: string) => {
      const value = context.getProp(error, key);
      return context.typeof(value) === "string" ? context.getString(value) : "";
    };
    return { name: text("name"), message: text("message"), stack: text("stack") };
  }
}
