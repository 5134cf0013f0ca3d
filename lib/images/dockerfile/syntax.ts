/** `# syntax=`: which frontend reads the Dockerfile, as far as its name tells. */
import type { Findings } from "./findings.ts";
import type { Parsed } from "./parser.ts";

/** The first version with named contexts, which is how the images of `needs` get into a build. */
const NAMED_CONTEXTS = [1, 4];
const OFFICIAL = /^(?:docker\.io\/)?docker\/dockerfile(?:-upstream)?(?::([^@]+))?(?:@.*)?$/;

/** Whose rules apply: BuildKit's own, those of a version of them that may be newer, or unknown ones. */
export type Frontend = "builtin" | "official" | "foreign";

interface Syntax {
  readonly value: string;
  /** `null`: it is a build argument. */
  readonly line: number | null;
}

export function syntaxOf(parsed: Parsed, args: Readonly<Record<string, string>>): Syntax | null {
  const override = args["BUILDKIT_SYNTAX"], { syntax } = parsed.directives;
  if (override !== undefined) return { value: override, line: null };
  return syntax ? { value: syntax.value.split(" ")[0]!, line: syntax.line } : null;
}

export function frontendOf(syntax: Syntax | null): Frontend {
  if (!syntax) return "builtin";
  return OFFICIAL.test(syntax.value) ? "official" : "foreign";
}

/** Says so if the frontend is too old for the image's needs. */
export function checkSyntax(syntax: Syntax | null, contexts: readonly string[], findings: Findings): void {
  const version = /^(\d+)\.(\d+)/.exec(OFFICIAL.exec(syntax?.value ?? "")?.[1] ?? "");
  if (!syntax || !version || contexts.length === 0) return;
  const [major = 0, minor = 0] = version.slice(1).map(Number);
  if (major > NAMED_CONTEXTS[0]! || major === NAMED_CONTEXTS[0] && minor >= NAMED_CONTEXTS[1]!) return;
  const line = syntax.line ?? 1;
  findings.error({ line, endLine: line }, syntax.value, {
    message: `the syntax must be 1.4 or later for needs and contexts (${contexts.join(", ")}): found ${syntax.value}`,
    hint: "write # syntax=docker/dockerfile:1, or remove the line",
  });
}
