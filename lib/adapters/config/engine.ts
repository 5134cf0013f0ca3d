/**
 * The engine that configs run in: QuickJS in WebAssembly. It has no host to reach, and a module loader that knows the
 * config's own modules. Memory, stack and time are limited; chance, clock zone and locale are not those of the machine.
 */
import variant from "@jitl/quickjs-ng-wasmfile-release-sync";
import {
  newQuickJSWASMModuleFromVariant,
  type QuickJSContext,
  type QuickJSHandle,
  type QuickJSRuntime,
  type QuickJSSyncVariant,
} from "quickjs-emscripten-core";

interface Limits {
  /** For all that runs, from the first module on. */
  readonly timeoutMs: number;
  readonly memoryBytes: number;
}

/** More of it and a recursion would overflow the host's own stack first. */
const STACK_BYTES = 256 << 10;

/** What was thrown inside. Every text is the config's own. */
export interface Thrown {
  readonly name: string;
  readonly message: string;
  readonly stack: string;
}

export type Outcome =
  | { readonly kind: "done"; readonly text: string }
  | { readonly kind: "thrown"; readonly thrown: Thrown }
  /** The limit that ended it. */
  | { readonly kind: "time" | "memory" }
  /** It waits for what nothing inside brings about. */
  | { readonly kind: "waits" };

interface Program {
  /** Expression of a function that is given `log`: what it returns holds the functions that are called below. */
  readonly prelude: string;
  readonly log: (line: string) => void;
  /** Texts by name. */
  readonly modules: ReadonlyMap<string, string>;
  /** Name of what a module imports; `undefined`: it must not. */
  readonly resolve: (specifier: string, from: string) => string | undefined;
  /** Name of the first module. */
  readonly entry: string;
  /** Function of the prelude's result that makes a text of the first module's default export. */
  readonly finish: string;
  /** Handed to it besides, as JSON. */
  readonly context: string;
}

/** Runs the modules and gives the text that the prelude makes of the result. An engine serves once. */
export async function runInside(program: Program, limits: Limits): Promise<Outcome> {
  const engine = await newQuickJSWASMModuleFromVariant(variant as unknown as QuickJSSyncVariant);
  const end = performance.now() + limits.timeoutMs;
  const late = () => performance.now() > end;
  try {
    const runtime = engine.newRuntime();
    runtime.setMemoryLimit(limits.memoryBytes);
    runtime.setMaxStackSize(STACK_BYTES);
    runtime.setInterruptHandler(late);
    return inUtc(() => new Run(runtime, program, late).go());
  } catch (error) {
    // The engine broke: its own assertion, its memory, or the host's stack under it. It is thrown away as it is.
    if (late()) return { kind: "time" };
    if (error instanceof RangeError || error instanceof WebAssembly.RuntimeError) return { kind: "memory" };
    throw error;
  }
}

/** The engine asks the host's dates for the zone of the clock. Nothing else runs meanwhile: `work` awaits nothing. */
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
      // What is not known keeps its name, in quotes, which no module has.
      (from, specifier) => program.resolve(specifier, from) ?? JSON.stringify(specifier),
    );
    this.#context = runtime.newContext();
  }

  go(): Outcome {
    const context = this.#context, { entry, modules, finish, log, prelude } = this.#program;
    const logger = context.newFunction("log", (line) => log(context.getString(line)));
    const made = context.evalCode(`(${prelude})`, "prelude");
    if (made.error) return this.#failure(made.error);
    const inside = context.callFunction(made.value, context.undefined, logger);
    if (inside.error) return this.#failure(inside.error);
    // From here on the config's code runs.
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

  /** A module that awaits at its top is a promise: its jobs are run until it has an end, or none is left. */
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
