/**
 * The words of unitune: phrases that it does not use, each with what it says in their place. Text is what people read:
 * comments and string literals of sources, and whole documents.
 */
import ts from "typescript";

interface Rule {
  /** A regular expression; a space in it is any white space, the end of a line in a comment included. */
  readonly not: string;
  readonly say: string;
}

/** What is not said, and what is. */
export const WORDS: readonly Rule[] = [
  { not: "\\bmend(s|ed|ing)?\\b", say: "fix" },
  { not: "\\bwith commas between\\b", say: "comma-separated" },
  { not: "(?<!\\bthere )\\bis none\\b", say: "is not one (of …)" },
  {
    not: "\\b(that|which|what) (is|are) (already )?there\\b(?! (a|an|no|any)\\b)",
    say: "an existing …, … that exists",
  },
  { not: "\\b(is|are|was|were) not there\\b", say: "does not exist, is missing" },
  { not: "\\bmakes? it so\\b", say: "creates or updates everything" },
  { not: "\\bdeclares none of it\\b", say: "is not in the config" },
  { not: "\\bwhat no flag says\\b", say: "use the defaults" },
  { not: "\\b(somebody|someone|anybody) else\\b", say: "another user, tool or client" },
  { not: "\\bunitune (makes|made)\\b", say: "unitune creates, created" },
  { not: "\\bunitune (does|did|has) not (make|made)\\b", say: "unitune does not create, did not create" },
  { not: "\\bVPC that is made\\b|\\bmade VPC\\b|\\bmakes? the VPC\\b", say: "VPC that unitune creates" },
  { not: "\\bbefore anything is made\\b", say: "before anything is created" },
  {
    not:
      `\\b(bucket|cluster|entry|entries|group|instance|job|namespace|node|object|pool|profile|repositor(y|ies)|resource|role` +
      "|secret|stack|subnet|volume)s? (is|are|was|were|be|been) made\\b",
    say: "is created",
  },
  { not: "\\b(is|are|was|were|be) (told|said) (once|anew|apart|alone|of)\\b", say: "is shown, listed, distinguished" },
  { not: "\\btells? those\\b", say: "lists those" },
  { not: "\\bask(s|ed)? nobody\\b", say: "makes no requests" },
  { not: "\\bstands? against\\b", say: "is a problem with" },
  { not: "\\bhangs? on\\b", say: "depends on" },
  { not: "\\bwithout a word\\b", say: "silently, without a message" },
  { not: "\\bthose that there are\\b", say: "those that exist" },
  { not: "\\bto be had\\b", say: "available" },
  { not: "\\ba way out\\b", say: "a route to the Internet, a solution" },
  { not: "\\bbehind (its|their|our) back\\b", say: "meanwhile" },
  {
    not: "\\bstages? of (an? |the )?(apply|plans?|runs?|permissions?)\\b",
    say: "phase of apply, part of permissions.json",
  },
  { not: "--only\\W+(names? )?(the )?stages?\\b", say: "--only names phases" },
  { not: "\\bstages? (of|in) (a|the|its) Dockerfile\\b", say: "target of a Dockerfile" },
];

/** Types whose name may end in `Context`: they are about build contexts, or belong to a package. */
const CONTEXTS = ["BuildContext", "QuickJSContext", "ReadContext", "StoredContext"];

export interface Wrong {
  readonly file: string;
  readonly line: number;
  readonly found: string;
  readonly say: string;
}

const RULES = WORDS.map(({ not, say }) => ({ not: new RegExp(not.replaceAll(" ", "[\\s*/]+"), "gi"), say }));

/** Phrases that are not used, in a document or in what people read of a source. */
export function wrongWords(file: string, text: string): Wrong[] {
  const read = file.endsWith(".ts") ? proseOf(file, text) : text;
  const found = RULES.flatMap(({ not, say }) => {
    return [...read.matchAll(not)].map(({ 0: phrase, index }) => {
      return { file, line: lineAt(text, index), found: phrase.replaceAll(/[\s*/]+/g, " "), say };
    });
  });
  return [...found, ...(file.endsWith(".ts") ? wrongTypes(file, text) : [])].toSorted((a, b) => a.line - b.line);
}

/** As one line, for whoever reads the failing test. */
export function wordLine({ file, line, found, say }: Wrong): string {
  return `${file}:${line}: "${found}": say "${say}"`;
}

function lineAt(text: string, index: number): number {
  return text.slice(0, index).split("\n").length;
}

/** The source with everything but comments and literals blanked, so that places stay as they are. */
function proseOf(file: string, text: string): string {
  const tree = ts.createSourceFile(file, text, ts.ScriptTarget.ESNext, true);
  const literals: [number, number][] = [];
  const visit = (node: ts.Node) => {
    if (isLiteral(node)) literals.push([node.getStart(tree), node.end]);
    ts.forEachChild(node, visit);
  };
  visit(tree);
  const code = literals.reduceRight((rest, [from, to]) => {
    return rest.slice(0, from) + blank(rest.slice(from, to)) + rest.slice(to);
  }, text);
  const comments = [...code.matchAll(/\/\*[\s\S]*?\*\/|\/\/.*/g)].map(({ 0: { length }, index }): [number, number] => {
    return [index, index + length];
  });
  const shown = [...literals, ...comments].toSorted(([a], [b]) => a - b);
  let prose = "", at = 0;
  for (const [from, to] of shown) {
    prose += blank(text.slice(at, from)) + text.slice(from, to);
    at = to;
  }
  return prose;
}

/** Template strings are read in their parts; what an expression in them holds is visited by itself. */
function isLiteral(node: ts.Node): boolean {
  if (ts.isStringLiteralLike(node)) return !ts.isImportDeclaration(node.parent) && !ts.isExportDeclaration(node.parent);
  return ts.isTemplateHead(node) || ts.isTemplateMiddle(node) || ts.isTemplateTail(node) ||
    ts.isRegularExpressionLiteral(node);
}

/** A mark in place of each character: no phrase goes on over code. */
function blank(text: string): string {
  return text.replaceAll(/[^\n]/g, "\0");
}

/** `Context` is a build context. */
function wrongTypes(file: string, text: string): Wrong[] {
  return [...text.matchAll(/\b(?:interface|type|class) (\w*Context)\b/g)].flatMap(({ 1: name, index }) => {
    if (CONTEXTS.includes(name!)) return [];
    return [{
      file,
      line: lineAt(text, index),
      found: name!,
      say: "Operation, Input, Facts: a context is what COPY sees",
    }];
  });
}
