/** Build stages, and those that a build of one target runs. */
import { attempt, type Problem } from "./errors.ts";
import type { Instruction, Pair } from "./instructions.ts";
import { lex } from "./shell_words.ts";

type From = Extract<Instruction, { kind: "from" }>;

export interface Stage {
  readonly index: number;
  /** In lower case; empty: it has none. */
  readonly name: string;
  readonly from: From;
  /** The name after FROM, with its variables replaced. */
  readonly base: string;
  /** The stage that it starts from. */
  readonly parent: Stage | null;
  /** Whether a named context takes its place: BuildKit then runs nothing of it. */
  readonly replaced: boolean;
  readonly body: readonly Instruction[];
}

export interface StageOptions {
  readonly escape: string;
  /** Build arguments, and those that BuildKit predefines. */
  readonly args: Readonly<Record<string, string>>;
  readonly predefined: Readonly<Record<string, string>>;
  /** Whether a named context has this name, as `familiar` has it. */
  readonly provides: (name: string) => boolean;
}

export interface Stages {
  readonly stages: readonly Stage[];
  /** Values of the arguments before the first FROM, and of predefined ones. */
  readonly globals: ReadonlyMap<string, string>;
  /** Arguments before the first FROM. */
  readonly metaArgs: readonly Pair[];
  readonly problems: readonly Problem[];
}

export function stagesOf(instructions: readonly Instruction[], options: StageOptions): Stages {
  const first = instructions.findIndex(({ kind }) => kind === "from");
  const head = first < 0 ? instructions : instructions.slice(0, first), problems: Problem[] = [];
  const metaArgs = head.flatMap((one) => one.kind === "arg" ? one.pairs : []);
  for (const { kind, statement } of head) {
    if (kind !== "arg") problems.push({ message: "no build stage in current context", line: statement.line });
  }
  if (first < 0 && problems.length === 0) {
    problems.push({ message: "dockerfile contains no stages to build", line: 1 });
  }
  const globals = globalArgs(head, options, problems), stages: Stage[] = [], byName = new Map<string, Stage>();
  for (const { from, body } of split(instructions.slice(Math.max(first, 0)))) {
    const base = attempt(() => lex(from.base, (name) => globals.get(name), options).text), { line } = from.statement;
    if ("message" in base) problems.push({ message: base.message, line });
    else if (base.value === "") problems.push({ message: `base name (${from.base}) should not be blank`, line });
    const name = "value" in base ? base.value : "";
    const stage: Stage = {
      index: stages.length,
      name: from.stage,
      from,
      base: name,
      parent: byName.get(name) ?? null,
      replaced: from.stage !== "" && options.provides(from.stage),
      body,
    };
    stages.push(stage);
    if (from.stage !== "") byName.set(from.stage, stage);
  }
  return { stages, globals, metaArgs, problems };
}

function split(instructions: readonly Instruction[]): { from: From; body: Instruction[] }[] {
  const parts: { from: From; body: Instruction[] }[] = [];
  for (const instruction of instructions) {
    if (instruction.kind === "from") parts.push({ from: instruction, body: [] });
    else parts.at(-1)?.body.push(instruction);
  }
  return parts;
}

function globalArgs(head: readonly Instruction[], options: StageOptions, problems: Problem[]): Map<string, string> {
  const globals = new Map(Object.entries(options.predefined));
  for (const instruction of head) {
    if (instruction.kind !== "arg") continue;
    for (const { name, value } of instruction.pairs) {
      if (Object.hasOwn(options.args, name)) globals.set(name, options.args[name]!);
      else if (value !== null) {
        const read = attempt(() => lex(value, (other) => globals.get(other), options).text);
        if ("value" in read) globals.set(name, read.value);
        else problems.push({ message: read.message, line: instruction.statement.line });
      }
    }
  }
  return globals;
}

/** The stage that `COPY --from` or a mount names, in any case; `null`: another image. COPY also takes an index. */
export function stageNamed(stages: readonly Stage[], name: string): Stage | null {
  return stages.findLast((stage) => stage.name !== "" && stage.name === name.toLowerCase()) ?? null;
}

/** The stages that a build of `target` runs, `target` included. */
export function reachable(stages: readonly Stage[], target: Stage): ReadonlySet<Stage> {
  const found = new Set<Stage>();
  const add = (stage: Stage | null | undefined): void => {
    if (!stage || found.has(stage)) return;
    found.add(stage);
    if (stage.replaced) return;
    add(stage.parent);
    for (const { source } of sourcesOf(stage)) {
      add(/^\d+$/.test(source) ? stages[Number(source)] : stageNamed(stages, source));
    }
  };
  add(target);
  return found;
}

interface Source {
  readonly source: string;
  readonly instruction: Instruction;
}

/** What a stage copies or mounts from, besides the build context. */
export function sourcesOf(stage: Stage): Source[] {
  return stage.body.flatMap((instruction): Source[] => {
    if (instruction.kind === "copy" && instruction.from !== "") return [{ source: instruction.from, instruction }];
    if (instruction.kind !== "run") return [];
    return instruction.mounts.filter(({ from }) => from !== "").map(({ from }) => ({ source: from, instruction }));
  });
}
