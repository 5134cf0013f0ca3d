/** Runs a vetted module graph in a Worker without permissions, as `data:` modules, and takes plain data from it. */
import { Buffer } from "node:buffer";
import { type DslContext, makeDsl, makePlain, type PlainConfig } from "../../config/dsl.ts";
import { didYouMean, type Issue } from "../../config/issues.ts";
import { watchLanguage } from "./intact.ts";
import { KEPT, lockDown } from "./lockdown.ts";
import type { ConfigModule, ModuleGraph } from "./modules.ts";
import { DSL_NAMES } from "./names.ts";
import { ConfigProblem } from "./problem.ts";
import { blankOut } from "./suspects.ts";

export interface EvaluateOptions extends DslContext {
  /** Default 10 seconds. */
  readonly timeoutMs?: number | undefined;
  /** Most characters of the result; default a million. */
  readonly maxResult?: number | undefined;
  /** What the config writes to its console. */
  readonly log?: ((line: string) => void) | undefined;
}

interface Thrown {
  readonly name: string;
  readonly message: string;
  readonly stack: string;
}
type Answer =
  | { readonly log: string }
  | { readonly plain: PlainConfig }
  /** What of the language the config has changed. */
  | { readonly changed: string }
  | { readonly thrown: Thrown };

/** `file` is the config itself. Throws {@linkcode ConfigProblem} when it throws, hangs or gives too much. */
export async function evaluate(graph: ModuleGraph, file: string, options: EvaluateOptions): Promise<PlainConfig> {
  const { entry, places } = dataModules(graph, file);
  const answer = await run(workerText(entry, options), file, options);
  if ("plain" in answer) return answer.plain;
  if ("changed" in answer) {
    throw new ConfigProblem([
      whole(file, `must leave the language as it is: found ${answer.changed} changed`, "write a function of your own"),
    ]);
  }
  throw new ConfigProblem([thrownIssue(answer.thrown, places, file)]);
}

/** Deno shortens the URLs of `data:` modules in stacks and keeps their end: each module ends with its number. */
const MARKER_BYTES = 15;
const markerOf = (at: number) => `\n//module ${String(at).padStart(MARKER_BYTES - 10, "0")}`;
/** The address space of base64 texts inside base64 texts grows by a third at each level of imports. */
const MAX_URL = 32 << 20;

interface Places {
  /** By the base64 of its marker. */
  readonly modules: ReadonlyMap<string, ConfigModule>;
}

function dataModules(graph: ModuleGraph, file: string): { readonly entry: string; readonly places: Places } {
  const own = dataUrl(
    `const dsl = (${makeDsl.toString()})();\n${
      DSL_NAMES.map((name) => `export const ${name} = (input) => dsl.${name}(input);`).join("\n")
    }`,
  );
  const urls = new Map<string | null, string>([[null, own]]), modules = new Map<string, ConfigModule>();
  for (const module of graph.values()) {
    const text = withUrls(module, urls), marker = markerOf(urls.size);
    const bytes = Buffer.byteLength(text), padding = " ".repeat((3 - bytes % 3) % 3);
    const url = dataUrl(text + padding + marker);
    if (url.length > MAX_URL) {
      throw new ConfigProblem([whole(file, "imports too much: its modules must be at most 32 MiB together")]);
    }
    urls.set(module.file, url);
    modules.set(Buffer.from(marker).toString("base64"), module);
  }
  return { entry: urls.get(file) ?? "", places: { modules } };
}

/** Imports move to the end, behind the last line of the user, so that each character of the rest keeps its place. */
function withUrls(module: ConfigModule, urls: ReadonlyMap<string | null, string>): string {
  const body = blankOut(module.text, module.imports.map(({ start, end }) => [start, end]));
  const statements = module.imports.map((one) => {
    const before = module.text.slice(one.start, one.specifierStart),
      after = module.text.slice(one.specifierEnd, one.end);
    return `${before}${urls.get(one.file)}${after};`;
  });
  return [body, ...statements].join("\n");
}

function dataUrl(text: string): string {
  return `data:text/javascript;base64,${Buffer.from(text).toString("base64")}`;
}

function workerText(entry: string, { stage, env }: DslContext): string {
  return `
    const say = self.postMessage.bind(self), write = JSON.stringify;
    const dsl = (${makePlain.toString()})();
    const told = ${JSON.stringify({ entry, stage, env, keep: KEPT })};
    const fail = (error) => {
      const { name, message, stack } = error instanceof Error ? error : { name: "", message: String(error), stack: "" };
      say(write({ thrown: { name: String(name), message: String(message), stack: String(stack) } }));
    };
    for (const [kind, key] of [["unhandledrejection", "reason"], ["error", "error"]]) {
      self.addEventListener(kind, (event) => {
        event.preventDefault();
        fail(event[key]);
      });
    }
    let changed = () => undefined;
    try {
      const left = (${lockDown.toString()})(told.keep, (log) => say(write({ log })));
      if (left.length > 0) throw new Error("The sandbox could not be closed: " + left.join(", "));
      changed = (${watchLanguage.toString()})(told.keep);
      const module = await import(told.entry);
      const plain = dsl.plain(module.default, told), change = changed();
      say(write(change ? { changed: change } : { plain }));
    } catch (error) {
      const change = changed();
      if (change) say(write({ changed: change }));
      else fail(error);
    }`;
}

async function run(text: string, file: string, options: EvaluateOptions): Promise<Exclude<Answer, { log: string }>> {
  const { timeoutMs = 10_000, maxResult = 1_000_000, log = () => {} } = options;
  const worker = new Worker(dataUrl(text), { type: "module", name: "config", deno: { permissions: "none" } });
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    return await new Promise((resolve, reject) => {
      const fail = (message: string, hint?: string) => reject(new ConfigProblem([whole(file, message, hint)]));
      timer = setTimeout(
        () => fail(`must be evaluated within ${timeoutMs / 1000} s`, "look for a loop that does not end"),
        timeoutMs,
      );
      worker.onerror = (event) => {
        event.preventDefault();
        fail(`cannot be evaluated: ${event.message}`);
      };
      worker.onmessage = ({ data }) => {
        if (typeof data !== "string" || data.length > maxResult) {
          return fail(`must give a config of at most ${maxResult} characters: found ${String(data).length}`);
        }
        const answer: Answer = JSON.parse(data);
        if ("log" in answer) log(answer.log);
        else resolve(answer);
      };
    });
  } finally {
    clearTimeout(timer);
    worker.terminate();
  }
}

function whole(file: string, message: string, hint?: string): Issue {
  return { code: "EVALUATION", path: [], message, hint, place: { file, line: 1, column: 1 } };
}

const FRAME = /data:text\/javascript;base64,[^\s:)']*?([A-Za-z0-9+/=]{20}):(\d+):(\d+)/g;

/** The error that the config threw, at the line of the config that it came from. */
function thrownIssue({ name, message, stack }: Thrown, places: Places, file: string): Issue {
  const frame = [...stack.matchAll(FRAME)].map(([, marker = "", line, column]) => ({
    module: places.modules.get(marker),
    line: Number(line),
    column: Number(column),
  })).find(({ module }) => module);
  // Imports stand behind the last line of the user's text.
  const inText = frame?.module && frame.line <= frame.module.text.split("\n").length;
  const place = frame?.module
    ? { file: frame.module.file, line: inText ? frame.line : 1, column: inText ? frame.column : 1 }
    : { file, line: 1, column: 1 };
  const text = message.replace(/ at data:text\/javascript;base64,\S+$/, "");
  if (name === "SyntaxError") {
    return { code: "SYNTAX", path: [], message: `cannot be read as JavaScript: ${text}`, place };
  }
  const said = name === "" || name === "Error" ? text : `${name}: ${text}`;
  return { code: "EVALUATION", path: [], message: `threw ${said}`, hint: undefinedHint(text), place };
}

function undefinedHint(message: string): string | undefined {
  const missing = /^(\S+) is not defined$/.exec(message)?.[1];
  if (missing === undefined) return undefined;
  if (missing in globalThis) {
    return `the sandbox has no ${missing}: a config is computed from its own modules, the stage and the variables let through`;
  }
  return didYouMean(missing, DSL_NAMES);
}
