/** Help of a command, as data and as text. The reference and the man pages are made from the same data. */
import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import { EXIT, EXIT_MEANINGS } from "../core/error_codes.ts";
import { COMMON_VARIABLES, MANUAL, VARIABLES } from "./manual.ts";

/** A word or flag, and what it means. */
type Term = readonly [term: string, text: string];

export interface HelpSection {
  readonly title: string;
  readonly terms: readonly Term[];
}

export interface HelpPage {
  /** `unitune plan` */
  readonly name: string;
  readonly summary: string;
  readonly usage: string;
  /** Commands, arguments, own flags, common flags, examples, variables, exit codes, in this order. */
  readonly sections: readonly HelpSection[];
  /** Its place in the documents. */
  readonly reference: string;
}

/** Flags that `Runner.command` gives to every command. */
const COMMON = /^--(config|stage|region|profile|allow-credential-process|env|allow-read|json|verbose|no-color|help)$/;

export function helpPage(command: CommandUnknownOpts): HelpPage {
  const helper = command.createHelp(), name = [command.parent?.name(), command.name()].filter(Boolean).join(" ");
  const flags = helper.visibleOptions(command).map((option) => {
    const choices = option.argChoices ? ` (${option.argChoices.join(", ")})` : "";
    return { common: COMMON.test(option.long ?? ""), term: [option.flags, option.description + choices] as const };
  });
  const terms = (common: boolean) => flags.filter((flag) => flag.common === common).map(({ term }) => term);
  const manual = MANUAL[command.name()], isProgram = command.parent === null;
  const variables = [...manual?.environment ?? [], ...COMMON_VARIABLES];
  const exits = Object.entries(EXIT).map(([name, code]): Term => [
    String(code),
    EXIT_MEANINGS[name as keyof typeof EXIT],
  ]);
  const sections: readonly HelpSection[] = [
    ...commandGroups(command),
    { title: "Arguments", terms: helper.visibleArguments(command).map((one) => [one.name(), argumentText(one)]) },
    { title: "Options", terms: terms(false) },
    { title: "Common options", terms: terms(true) },
    { title: "Examples", terms: manual?.examples ?? [] },
    { title: "Environment", terms: isProgram ? [] : variables.map((name) => [name, VARIABLES[name]]) },
    { title: "Exit codes", terms: isProgram ? [] : exits },
  ];
  return {
    name,
    summary: command.description(),
    usage: helper.commandUsage(command),
    sections: sections.filter(({ terms }) => terms.length > 0),
    reference: `docs/reference/commands.md#${name.replace(" ", "-")}`,
  };
}

function argumentText({ description, argChoices }: { description: string; argChoices?: readonly string[] }): string {
  return description + (argChoices ? ` (${argChoices.join(", ")})` : "");
}

/** Commands by their groups, in the order in which the first of each is declared. */
function commandGroups(command: CommandUnknownOpts): HelpSection[] {
  const groups = new Map<string, Term[]>();
  // Commander's own `help` command repeats the flag.
  for (const one of command.createHelp().visibleCommands(command).filter((one) => one.name() !== "help")) {
    const title = one.helpGroup().replace(/:$/, "");
    groups.set(title, [...groups.get(title) ?? [], [one.name(), one.summary()]]);
  }
  return [...groups].map(([title, terms]) => ({ title, terms }));
}

/** Lines are this wide on every terminal: the compiled program holds help as text. */
const WIDTH = 100;
const INDENT = 2;
/** Terms that are longer have a line of their own. */
const LONGEST = 30;

export function helpText({ summary, usage, sections, reference }: HelpPage): string {
  const blocks = sections.map(({ title, terms }) => {
    if (title === "Examples") {
      return [`${title}:`, ...terms.flatMap(([run, what]) => [`  # ${what}`, `  ${run}`])].join("\n");
    }
    const fitting = terms.map(([term]) => term.length).filter((length) => length <= LONGEST);
    const column = INDENT + Math.max(0, ...fitting) + 2;
    return [`${title}:`, ...terms.flatMap(([term, text]) => termLines(term, text, column))].join("\n");
  });
  return [
    ...wrapped(sentence(summary), WIDTH),
    "",
    `Usage: ${usage}`,
    "",
    blocks.join("\n\n"),
    "",
    `More: ${reference}`,
    "",
  ]
    .join("\n");
}

function termLines(term: string, text: string, column: number): string[] {
  const [first = "", ...others] = wrapped(text, WIDTH - column), start = " ".repeat(INDENT) + term;
  const rest = others.map((line) => " ".repeat(column) + line);
  if (start.length > column - 2) return [start, " ".repeat(column) + first, ...rest];
  return [(start.padEnd(column) + first).trimEnd(), ...rest];
}

function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** `show one diff; change nothing` → `Show one diff; change nothing.` */
export function sentence(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;
}
