/** Runs a config's modules in the sandbox and takes plain data from it: JSON text, which is read as a stranger's. */
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
  /** Default 10 seconds. */
  readonly timeoutMs?: number | undefined;
  /** Most characters of the result; default a million. */
  readonly maxResult?: number | undefined;
  /** What the config writes to its console. */
  readonly log?: ((line: string) => void) | undefined;
}

/** A config is some kilobytes; a list that doubles for ever is given up within a second. */
const MEMORY = 64 << 20;
const MAX_LOG_LINES = 200, MAX_LOG_LINE = 2000;

const OURS = "unitune/config";
const OWN_MODULE = DSL_NAMES.map((name) => `export const ${name} = (input) => unitune.${name}(input);`).join("\n");

/** `file` is the config itself. Throws {@linkcode ConfigProblem} when it throws, hangs or gives too much. */
export async function evaluate(
  graph: ModuleGraph,
  file: string,
  root: string,
  options: EvaluateOptions,
): Promise<PlainConfig> {
  const { timeoutMs = 10_000, maxResult = 1_000_000, stage, env } = options;
  // Names that say nothing of the machine: they stand in stacks, which a config can read.
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
    context: JSON.stringify({ stage, env }),
  }, { timeoutMs, memoryBytes: MEMORY });
  return plainOf(outcome, { file, byName, timeoutMs, maxResult });
}

/** Runs before the config and keeps what it needs of the language from before: what a config changes is found out. */
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
      // Not as JSON: what was changed may be how that is written.
      if (change) return "!" + change;
      if (failed) throw thrown;
      return write({ plain });
    },
  };
}`;

/** A flood ends with a line that says so. */
function limited(log: (line: string) => void): (line: string) => void {
  let lines = 0;
  return (line) => {
    lines++;
    if (lines <= MAX_LOG_LINES) log(line.length > MAX_LOG_LINE ? `${line.slice(0, MAX_LOG_LINE)}…` : line);
    if (lines === MAX_LOG_LINES + 1) log(`… more than ${MAX_LOG_LINES} lines: the rest is left out`);
  };
}

const answer = z.strictObject({
  plain: z.strictObject({
    // None of a default export that is no data.
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
      return fail(`must be evaluated within ${timeoutMs / 1000} s`, "look for a loop that does not end");
    case "memory":
      return fail(
        `must be evaluated with ${MEMORY >> 20} MiB and a shallow stack`,
        "look for a list or a recursion without an end",
      );
    case "waits":
      return fail("must come to an end: it waits for a promise that nothing settles", "look for an await at its top");
    case "thrown":
      throw new ConfigProblem([thrownIssue(outcome.thrown, around)]);
    case "done": {
      const { text } = outcome;
      if (text.length > maxResult) {
        return fail(`must give a config of at most ${maxResult} characters: found ${text.length}`);
      }
      if (text.startsWith("!")) {
        return fail(`must leave the language as it is: found ${text.slice(1)} changed`, "write a function of your own");
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
    // A stack is the config's own text: it may name a line that there is not.
    return module && place.line <= module.text.split("\n").length ? [{ module, place }] : [];
  });
  const [frame] = frames;
  const place = { file, line: 1, column: 1, ...(frame && { file: frame.module.file, ...refined(message, frame) }) };
  if (name === "SyntaxError" && frame === undefined) {
    return { code: "SYNTAX", path: [], message: `cannot be read as JavaScript: ${message}`, place };
  }
  const said = name === "" || name === "Error" ? message : `${name}: ${message}`;
  return { code: "EVALUATION", path: [], message: `threw ${said}`, hint: undefinedHint(message), place };
}

interface Frame {
  readonly module: ConfigModule;
  readonly place: { readonly line: number; readonly column: number };
}

/**
 * The engine knows the places of calls: of a name or a property that is missing it gives the last call before. So the
 * name is looked for from there on.
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
    return `the sandbox has no ${missing}: a config is computed from its own modules, the stage and the variables let through`;
  }
  return didYouMean(missing, DSL_NAMES);
}
