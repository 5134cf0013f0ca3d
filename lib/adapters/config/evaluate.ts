/** Runs a config's modules in the sandbox, which returns JSON text. The text is parsed as untrusted input. */
import { relative } from "node:path";
import * as z from "zod";
import { type DslArguments, makeDsl, makeKinds, makePlain, type PlainConfig } from "../../config/dsl.ts";
import { didYouMean, type Issue } from "../../config/issues.ts";
import { lineAndColumn } from "../../config/source/lines.ts";
import { nodesOf, textOf } from "../../config/source/nodes.ts";
import { type Outcome, runInside, type Thrown } from "./engine.ts";
import { watchLanguage } from "./intact.ts";
import { KEPT, lockDown } from "./lockdown.ts";
import type { ConfigModule, ModuleGraph } from "./module_graph.ts";
import { DSL_NAMES } from "./names.ts";
import { ConfigProblem } from "./problem.ts";

interface EvaluateOptions extends DslArguments {
  /** Default: 10 seconds. */
  readonly timeoutMs?: number | undefined;
  /** The limit on the characters of the result. Default: a million. */
  readonly maxResult?: number | undefined;
  /** Receives what the config writes to its console. */
  readonly log?: ((line: string) => void) | undefined;
}

/** A config has a few kilobytes. An endlessly growing list reaches the limit within a second. */
const MEMORY = 64 << 20;
const MAX_LOG_LINES = 200, MAX_LOG_LINE = 2000;

const OURS = "unitune/config";
const OWN_MODULE = DSL_NAMES.map((name) => `export const ${name} = (input) => unitune.${name}(input);`).join("\n");

/** `file` is the config itself. Throws {@linkcode ConfigProblem} if the config throws, hangs or returns too much. */
export async function evaluate(
  graph: ModuleGraph,
  file: string,
  root: string,
  options: EvaluateOptions,
): Promise<PlainConfig> {
  const { timeoutMs = 10_000, maxResult = 1_000_000, stage, env, git = null } = options;
  // Relative names: a config can read them in stack traces, so they must not reveal the machine.
  const names = new Map([...graph.values()].map((module) => [module.file, relative(root, module.file)]));
  const byName = new Map([...graph.values()].map((module) => [names.get(module.file)!, module]));
  const outcome = await runInside({
    prelude: PRELUDE,
    log: limited(options.log ?? (() => {})),
    modules: new Map([[OURS, OWN_MODULE], ...[...byName].map(([name, { text }]) => [name, text] as const)]),
    resolve: (specifier, from) => {
      const found = byName.get(from)?.imports.find((one) => one.specifier === specifier);
      return found && (found.file === null ? OURS : names.get(found.file));
    },
    entry: names.get(file)!,
    finish: "finish",
    context: JSON.stringify({ stage, env, git }),
  }, { timeoutMs, memoryBytes: MEMORY });
  return plainOf(outcome, { file, byName, timeoutMs, maxResult });
}

/** Runs before the config and keeps the functions that it needs, so that it can detect changes by the config. */
const PRELUDE = `(log) => {
  const write = JSON.stringify, read = JSON.parse;
  const left = (${lockDown.toString()})(${JSON.stringify(KEPT)}, log);
  if (left.length > 0) throw new Error("The sandbox could not be closed: " + left.join(", "));
  Object.defineProperty(globalThis, "unitune", { value: (${makeDsl.toString()})() });
  const dsl = (${makePlain.toString()})((${makeKinds.toString()})()), changed = (${watchLanguage.toString()})(${
  JSON.stringify(KEPT)
});
  return {
    finish: (defined, context) => {
      let plain, thrown, failed = false;
      try {
        plain = dsl.plain(defined, read(context));
      } catch (error) {
        failed = true;
        thrown = error;
      }
      const change = changed();
      // Not as JSON, because JSON itself may have been changed.
      if (change) return "!" + change;
      if (failed) throw thrown;
      return write({ plain });
    },
  };
}`;

/** Limits the number and length of log lines. The last line says so. */
function limited(log: (line: string) => void): (line: string) => void {
  let lines = 0;
  return (line) => {
    lines++;
    if (lines <= MAX_LOG_LINES) log(line.length > MAX_LOG_LINE ? `${line.slice(0, MAX_LOG_LINE)}…` : line);
    if (lines === MAX_LOG_LINES + 1) log(`… more than ${MAX_LOG_LINES} lines: the rest is omitted`);
  };
}

const answer = z.strictObject({
  plain: z.strictObject({
    // Missing if the default export is not data.
    value: z.unknown().optional(),
    refused: z.array(z.strictObject({ path: z.array(z.union([z.string(), z.number()])), found: z.string() })),
  }),
});

interface Around {
  readonly file: string;
  readonly byName: ReadonlyMap<string, ConfigModule>;
  readonly timeoutMs: number;
  readonly maxResult: number;
}

function plainOf(outcome: Outcome, around: Around): PlainConfig {
  const { file, timeoutMs, maxResult } = around;
  const fail = (message: string, hint?: string): never => {
    throw new ConfigProblem([
      { code: "EVALUATION", path: [], message, hint, place: { file, line: 1, column: 1 } },
    ]);
  };
  switch (outcome.kind) {
    case "time":
      return fail(`must be evaluated within ${timeoutMs / 1000} s`, "look for an endless loop");
    case "memory":
      return fail(
        `must be evaluated with ${MEMORY >> 20} MiB and a shallow stack`,
        "look for an endless list or recursion",
      );
    case "waits":
      return fail("must finish: it waits for a promise that never settles", "look for a top-level await");
    case "thrown":
      throw new ConfigProblem([thrownIssue(outcome.thrown, around)]);
    case "done": {
      const { text } = outcome;
      if (text.length > maxResult) {
        return fail(`must return a config of at most ${maxResult} characters: found ${text.length}`);
      }
      if (text.startsWith("!")) {
        return fail(`must not change built-in objects: found ${text.slice(1)} changed`, "write a function of your own");
      }
      const { value, refused } = answer.parse(JSON.parse(text)).plain;
      return { value, refused };
    }
    default:
      return outcome satisfies never;
  }
}

const FRAME = /^ {4}at (?:.* )?\(?([^\s()]+):(\d+):(\d+)\)?$/gm;
const MAX_STACK = 10_000;

/** The error that the config threw, at the line of the config that it came from. */
function thrownIssue({ name, message, stack }: Thrown, { file, byName }: Around): Issue {
  const frames = [...stack.slice(0, MAX_STACK).matchAll(FRAME)].flatMap(([, from = "", line, column]) => {
    const module = byName.get(from), place = { line: Number(line), column: Number(column) };
    // The config controls the text of a stack trace, which may name a line that does not exist.
    return module && place.line <= module.text.split("\n").length ? [{ module, place }] : [];
  });
  const [frame] = frames;
  const place = { file, line: 1, column: 1, ...(frame && { file: frame.module.file, ...refined(message, frame) }) };
  if (name === "SyntaxError" && frame === undefined) {
    return { code: "SYNTAX", path: [], message: `cannot be read as JavaScript: ${message}`, place };
  }
  const text = name === "" || name === "Error" ? message : `${name}: ${message}`;
  return {
    code: "EVALUATION",
    path: [],
    message: `threw ${text || "something without a message"}`,
    hint: undefinedHint(message),
    place,
  };
}

interface Frame {
  readonly module: ConfigModule;
  readonly place: { readonly line: number; readonly column: number };
}

/**
 * The engine knows only the places of calls: for a missing name or property it reports the last call before it. So the
 * search for the name starts there.
 */
function refined(message: string, { module, place }: Frame): Frame["place"] {
  const name = MISSING.exec(message)?.[1], property = LACKING.exec(message)?.[1];
  if (name === undefined && property === undefined) return place;
  const places = [...nodesOf(module.program)].flatMap((node) => {
    const found = node.type === "MemberExpression" && property !== undefined && textOf(node.property) === property
      ? node.property
      : node.type === "Identifier" && node.name === name
      ? node
      : undefined;
    return found ? [lineAndColumn(module.text, found.start)] : [];
  });
  const isAfter = (one: Frame["place"]) =>
    one.line > place.line || one.line === place.line && one.column >= place.column;
  return places.find(isAfter) ?? places[0] ?? place;
}

const MISSING = /^(\S+) is not defined$/, LACKING = /^cannot read property '([^']+)' of (?:undefined|null)$/;

function undefinedHint(message: string): string | undefined {
  const missing = MISSING.exec(message)?.[1];
  if (missing === undefined) return undefined;
  if (missing in globalThis) {
    return `the sandbox has no ${missing}: a config may use its own modules, the stage and the variables of --env`;
  }
  return didYouMean(missing, DSL_NAMES);
}
