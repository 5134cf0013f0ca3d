/** Heredocs: `RUN <<EOF`, `COPY <<-"name" /dest`. */
import { DockerfileError } from "./errors.ts";
import { lex } from "./shell_words.ts";

export interface Heredoc {
  /** The line that ends it; also the name of the file that COPY writes. */
  readonly name: string;
  /** Whether tabs at the start of its lines are removed. */
  readonly chomp: boolean;
  /** Whether variables in it are replaced. */
  readonly expand: boolean;
}

const HEREDOC = /^(\d*)<<(-?)[\t\n\f\r ]*([^<]*)$/;
const NOTHING = () => undefined;
const OPTIONS = { escape: "\\", skipUnset: true } as const;

/** The heredocs that a line announces, in order. Throws a `DockerfileError`. */
export function heredocsOf(line: string): Heredoc[] {
  let words: readonly string[];
  try {
    words = lex(line, NOTHING, { ...OPTIONS, rawQuotes: true, rawEscapes: true }).words;
  } catch (error) {
    if (error instanceof DockerfileError) return [];
    throw error;
  }
  return words.map(heredocOf).filter((heredoc) => heredoc !== null);
}

/** `null`: the word is not a heredoc. Throws a `DockerfileError`. */
export function heredocOf(word: string): Heredoc | null {
  const match = HEREDOC.exec(word);
  if (!match || match[3] === "") return null;
  const rest = match[3]!, [name, ...others] = lex(rest, NOTHING, OPTIONS).words;
  if (name === undefined || others.length > 0) return null;
  const [raw, ...more] = lex(rest, NOTHING, { ...OPTIONS, rawQuotes: true }).words;
  if (raw === undefined || more.length > 0) {
    throw new DockerfileError(`internal lexing of heredoc produced inconsistent results: ${rest}`);
  }
  return { name, chomp: match[2] === "-", expand: quotes(name) === quotes(raw) };
}

function quotes(text: string): number {
  return text.replace(/[^'"]/g, "").length;
}
