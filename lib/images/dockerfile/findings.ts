/** What the checks of a Dockerfile find, with its place. */
import type { Statement } from "./parser.ts";

export interface DockerfileFinding {
  readonly severity: "error" | "warning";
  /** Counted from 1. */
  readonly line: number;
  readonly column: number;
  readonly message: string;
  /** The next step; empty: none. */
  readonly hint: string;
}

type Told = Pick<DockerfileFinding, "message"> & { readonly hint?: string | undefined };

/** Collects findings; one that is found again, for another platform, counts once. */
export class Findings {
  readonly #lines: readonly string[];
  readonly #found = new Map<string, DockerfileFinding>();

  constructor(source: string) {
    this.#lines = source.split("\n");
  }

  /** In the order of the file. */
  get all(): DockerfileFinding[] {
    return [...this.#found.values()].sort((a, b) => a.line - b.line || a.column - b.column);
  }

  get hasErrors(): boolean {
    return this.all.some(({ severity }) => severity === "error");
  }

  /** `word`: what it is about, as written; it is searched in the lines of the statement. */
  error(at: Pick<Statement, "line" | "endLine">, word: string, told: Told): void {
    this.#add("error", at, word, told);
  }

  warning(at: Pick<Statement, "line" | "endLine">, word: string, told: Told): void {
    this.#add("warning", at, word, told);
  }

  #add(
    severity: DockerfileFinding["severity"],
    { line, endLine }: Pick<Statement, "line" | "endLine">,
    word: string,
    { message, hint = "" }: Told,
  ): void {
    const finding = { severity, ...this.#place(line, endLine, word), message, hint };
    this.#found.set(JSON.stringify(finding), finding);
  }

  #place(line: number, endLine: number, word: string): { line: number; column: number } {
    for (let at = line; word !== "" && at <= endLine; at++) {
      const column = wordAt(this.#lines[at - 1] ?? "", word);
      if (column >= 0) return { line: at, column: column + 1 };
    }
    return { line, column: (this.#lines[line - 1] ?? "").search(/[^\s\ufeff]|$/) + 1 };
  }
}

/** Prefers the word on its own to a part of another. */
function wordAt(line: string, word: string): number {
  for (let at = line.indexOf(word); at >= 0; at = line.indexOf(word, at + 1)) {
    const before = line[at - 1] ?? " ", after = line[at + word.length] ?? " ";
    if (!/[\w/.-]/.test(before) && !/[\w/-]/.test(after)) return at;
  }
  return line.indexOf(word);
}
