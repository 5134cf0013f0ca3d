/**
 * `deno task reference` writes `docs/reference` and `docs/man` from the command line, the config's types, and the
 * catalogues of errors and events.
 */
import ts from "typescript";
import { configPage } from "./config_reference.ts";
import { commandsPage, manPages } from "./manual.ts";
import { ISSUES } from "../lib/config/issues.ts";
import { errorReference, ERRORS, EXIT, EXIT_MEANINGS } from "../lib/core/error_codes.ts";
import { EVENTS } from "../lib/core/events.ts";

const root = new URL("../", import.meta.url);

const GENERATED = "<!-- Written by `deno task reference`. -->";

/** The files of the reference by their path, formatted. */
export async function reference(): Promise<Readonly<Record<string, string>>> {
  const events = await Deno.readTextFile(new URL("lib/core/events.ts", root));
  return {
    "docs/reference/errors.md": await formatted(errorsPage()),
    "docs/reference/config.md": await formatted(await fieldsPage()),
    "docs/reference/events.md": await formatted(eventsPage(fieldsOf(events))),
    "docs/reference/commands.md": await formatted(commandsPage(GENERATED)),
    ...manPages(),
  };
}

function errorsPage(): string {
  const exits = Object.entries(EXIT).map(([name, code]) => `| ${code} | ${EXIT_MEANINGS[name as keyof typeof EXIT]} |`);
  const errors = errorReference().map(({ code, exit, meaning, check }) => {
    const finding = check ? " A check finds it: `plan` shows it, and `apply` refuses before it changes anything." : "";
    return `### ${code}\n\nExit code ${exit}. ${meaning}${finding}\n`;
  });
  return [
    "# Errors",
    GENERATED,
    "Every error has a code, a message, and often a path in the config and a hint. With `--json` the result holds them " +
    "as fields. In scripts an error is a `UnituneError` with the same fields.",
    "## Exit codes",
    ["| Code | Means |", "| --- | --- |", ...exits].join("\n"),
    "## Codes",
    ...errors,
    "## Mistakes in a config",
    `A config that is wrong ends with \`CONFIG_INVALID\` (exit code ${
      EXIT[ERRORS.CONFIG_INVALID.exit]
    }), and all its ` +
    "mistakes at once, each with a code of its own.",
    ["| Code | Means |", "| --- | --- |", ...Object.entries(ISSUES).map((row) => `| \`${row[0]}\` | ${row[1]} |`)]
      .join("\n"),
  ].join("\n\n");
}

async function fieldsPage(): Promise<string> {
  const folder = new URL("lib/config/input/", root), names = Array.from(Deno.readDirSync(folder), ({ name }) => name);
  const modules = await Promise.all(names.toSorted().map((name) => Deno.readTextFile(new URL(name, folder))));
  return [
    "# The config",
    GENERATED,
    "Every field of `unitune.config.ts`, with its unit, its default and its limits. Paths are those of messages; " +
    "`<name>` is a name that you choose, and `[]` an element of a list. Your editor shows the same texts. " +
    "`unitune schema` prints all of it as JSON Schema.",
    configPage(modules),
  ].join("\n\n");
}

interface Field {
  readonly name: string;
  readonly type: string;
  readonly optional: boolean;
}

interface EventFields {
  /** Fields of each type of event. */
  readonly byType: Readonly<Record<string, readonly Field[]>>;
  /** Fields of every event. */
  readonly stamp: readonly Field[];
}

function eventsPage({ byType, stamp }: EventFields): string {
  const rows = (fields: readonly Field[]) =>
    [
      "| Field | Type |",
      "| --- | --- |",
      ...fields.map(({ name, type, optional }) => {
        return `| \`${name}\` | \`${type.replaceAll("|", "\\|")}\`${optional ? ", optional" : ""} |`;
      }),
    ].join("\n");
  return [
    "# Events",
    GENERATED,
    "A command reports its progress as events. A terminal shows them; with `--json` each is one line of JSON on " +
    "stderr; a script receives them through the `emit` of its `host`.",
    "## Fields of every event",
    rows(stamp),
    "`at` is in milliseconds since 1970.",
    ...Object.entries(EVENTS).map(([type, { level, failure, meaning }]) => {
      const levels = failure ? `Level ${level}; ${failure} if it reports a failure.` : `Level ${level}.`;
      return `## ${type}\n\n${meaning} ${levels}\n\n${rows(byType[type] ?? [])}`;
    }),
  ].join("\n\n");
}

/** The fields of events as their types declare them. */
function fieldsOf(source: string): EventFields {
  const tree = ts.createSourceFile("events.ts", source, ts.ScriptTarget.ESNext, true);
  const byType: Record<string, readonly Field[]> = {}, stamp: Field[] = [];
  const fieldOf = fieldReader(namedTypes(tree));
  for (const statement of tree.statements) {
    if (ts.isInterfaceDeclaration(statement) && statement.name.text === "EventStamp") {
      stamp.push(...statement.members.flatMap(fieldOf));
    }
    if (!ts.isTypeAliasDeclaration(statement) || statement.name.text !== "EventBody") continue;
    for (const one of ts.isUnionTypeNode(statement.type) ? statement.type.types : [statement.type]) {
      const fields = ts.isTypeLiteralNode(one) ? one.members.flatMap(fieldOf) : [];
      const type = fields.find(({ name }) => name === "type");
      if (type) byType[JSON.parse(type.type)] = fields;
    }
  }
  return { byType, stamp };
}

/** The file's own types, by name, because the reference does not show their declarations. */
function namedTypes(tree: ts.SourceFile): ReadonlyMap<string, string> {
  return new Map(tree.statements.flatMap((statement): [string, string][] => {
    if (ts.isTypeAliasDeclaration(statement)) return [[statement.name.text, statement.type.getText()]];
    if (!ts.isInterfaceDeclaration(statement)) return [];
    const fields = statement.members.filter(ts.isPropertySignature)
      .map((member) => `${member.name.getText()}: ${member.type?.getText()}`);
    return [[statement.name.text, `{ ${fields.join("; ")} }`]];
  }));
}

function fieldReader(types: ReadonlyMap<string, string>): (member: ts.TypeElement) => Field[] {
  return (member) => {
    if (!ts.isPropertySignature(member) || !member.type) return [];
    const type = member.type.getText().replaceAll(/\s+/g, " ").replace(/ \| undefined$/, "");
    return [{
      name: member.name.getText(),
      type: types.get(type) ?? type,
      optional: member.questionToken !== undefined,
    }];
  };
}

async function formatted(text: string): Promise<string> {
  const deno = new Deno.Command(Deno.execPath(), {
    args: ["fmt", "--quiet", "--ext=md", "-"],
    cwd: root,
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const writer = deno.stdin.getWriter();
  await writer.write(new TextEncoder().encode(text));
  await writer.close();
  const { success, stdout } = await deno.output();
  if (!success) throw new Error("Cannot format the reference");
  return new TextDecoder().decode(stdout);
}

if (import.meta.main) {
  for (const [path, text] of Object.entries(await reference())) await Deno.writeTextFile(new URL(path, root), text);
}
