/** A Dockerfile as statements: a port of BuildKit's `frontend/dockerfile/parser`, with the same lines and errors. */
import { type Command, commandOf } from "./arguments.ts";
import { attempt, DockerfileError, type Problem } from "./errors.ts";
import { type Heredoc, heredocsOf } from "./heredocs.ts";
import { trimLeft, trimRight } from "./space.ts";

/** An instruction of the file. */
export interface Statement extends Command {
  readonly heredocs: readonly Heredoc[];
  /** First and last line, counted from 1; the last one includes heredocs. */
  readonly line: number;
  readonly endLine: number;
}

export interface Parsed {
  readonly statements: readonly Statement[];
  /** `\` or a backtick. */
  readonly escape: string;
  /** Values of `# syntax=`, `# escape=` and `# check=`, with their lines. */
  readonly directives: Readonly<Record<string, { readonly value: string; readonly line: number }>>;
  readonly problems: readonly Problem[];
}

/** BuildKit reads lines into a buffer of this size. */
const MAX_LINE = 65_536;
const DIRECTIVE = /^([a-zA-Z][a-zA-Z0-9]*)[\t\n\f\r ]*=[\t\n\f\r ]*([^\t\n\f\r ].*)$/s;
const DIRECTIVES = ["syntax", "escape", "check"];
const WITH_HEREDOCS = ["add", "copy", "run"];

export function parseDockerfile(source: string): Parsed {
  const parser = new Parser(source);
  parser.run();
  const { statements, escape, directives, problems } = parser;
  return { statements, escape, directives, problems };
}

class Parser {
  readonly statements: Statement[] = [];
  readonly problems: Problem[] = [];
  readonly directives: Record<string, { value: string; line: number }> = {};
  escape = "\\";
  readonly #lines: readonly string[];
  /** Lines that were read. */
  #at = 0;
  #directivesEnd = false;

  constructor(source: string) {
    // With their line ends; what follows the last one is a line only if it is not empty.
    this.#lines = source.replace(/^\ufeff/, "").match(/[^\n]*\n|[^\n]+$/g) ?? [];
  }

  run(): void {
    try {
      for (let line = this.#next(); line !== undefined; line = this.#next()) this.#statement(line);
      if (this.statements.length === 0 && this.problems.length === 0) {
        throw new DockerfileError("file with no instructions");
      }
    } catch (error) {
      if (!(error instanceof DockerfileError)) throw error;
      this.problems.push({ message: error.message, line: Math.max(this.#at, 1) });
    }
  }

  #next(): string | undefined {
    const line = this.#lines[this.#at];
    if (line !== undefined && line.length * 3 > MAX_LINE && new TextEncoder().encode(line).length > MAX_LINE) {
      throw new DockerfileError(`dockerfile line greater than max allowed size of ${MAX_LINE - 1}`);
    }
    if (line !== undefined) this.#at++;
    return line;
  }

  #statement(raw: string): void {
    const line = this.#at;
    const first = this.#continued(this.#withoutComment(trimLeft(withoutEnd(raw))));
    let { text, ends } = first;
    if (ends && text === "") return;
    while (!ends) {
      const more = this.#next();
      if (more === undefined) break;
      const content = this.#withoutComment(withoutEnd(more));
      if (isComment(more) || trimLeft(content) === "") continue;
      const next = this.#continued(content);
      text += next.text;
      ends = next.ends;
    }
    const read = attempt(() => {
      const command = commandOf(text, this.escape);
      return { command, heredocs: announced(command, text) };
    });
    if ("message" in read) {
      this.problems.push({ message: read.message, line });
      return;
    }
    const { command, heredocs } = read.value;
    for (const heredoc of heredocs) this.#skip(heredoc, line);
    this.statements.push({ ...command, heredocs, line, endLine: this.#at });
  }

  /** Reads the lines of a heredoc. */
  #skip({ name, chomp }: Heredoc, line: number): void {
    for (let raw = this.#next(); raw !== undefined; raw = this.#next()) {
      const text = withoutEnd(raw);
      if ((chomp ? text.replace(/^\t+/, "") : text) === name) return;
    }
    this.problems.push({ message: "unterminated heredoc", line });
  }

  #withoutComment(line: string): string {
    this.#directive(line);
    return isComment(line) ? "" : line;
  }

  /** Directives precede everything else, comments included. */
  #directive(line: string): void {
    if (this.#directivesEnd) return;
    const [, name = "", value = ""] = line.startsWith("#")
      ? DIRECTIVE.exec(trimRight(trimLeft(line.slice(1)), (char) => "\t\n\f\r ".includes(char))) ?? []
      : [];
    const key = name.toLowerCase();
    if (!DIRECTIVES.includes(key)) {
      this.#directivesEnd = true;
      return;
    }
    if (this.directives[key]) throw new DockerfileError(`only one ${key} parser directive can be used`);
    this.directives[key] = { value, line: this.#at };
    if (key !== "escape") return;
    if (value !== "`" && value !== "\\") {
      throw new DockerfileError(`invalid escape token '${value}' does not match \` or \\`);
    }
    this.escape = value;
  }

  /** The line without the character that continues it. */
  #continued(line: string): { text: string; ends: boolean } {
    const match = this.escape === "\\" ? /(^|[^\\])\\[ \t]*$/.exec(line) : /(^|[^`])`[ \t]*$/.exec(line);
    return match ? { text: line.slice(0, match.index) + match[1], ends: false } : { text: line, ends: true };
  }
}

/** The heredocs of an instruction that may have some, also after ONBUILD. */
function announced(command: Command, line: string): Heredoc[] {
  if (command.json || !line.includes("<<")) return [];
  const name = command.name.toLowerCase(), inner = name === "onbuild" ? command.args[0]?.toLowerCase() : name;
  return WITH_HEREDOCS.includes(inner ?? "") ? heredocsOf(line) : [];
}

function withoutEnd(line: string): string {
  return trimRight(line, (char) => char === "\r" || char === "\n");
}

function isComment(line: string): boolean {
  return trimLeft(line).startsWith("#");
}
