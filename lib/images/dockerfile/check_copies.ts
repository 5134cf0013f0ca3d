/** Files that COPY, ADD and bind mounts name, but that the build context, or the folder that they name, does not have. */
import { familiarName } from "../../core/image_names.ts";
import type { Checked, ContextView } from "./checked.ts";
import { isUnknown, mountsOf } from "./check_mounts.ts";
import { attempt } from "./errors.ts";
import { type Instruction, instructionOf } from "./instructions.ts";
import { readMount } from "./mounts.ts";
import { parseDockerfile } from "./parser.ts";
import { nearest } from "../../core/spelling.ts";
import type { Stage } from "./stages.ts";
import { Variables } from "./variables.ts";

/** URLs and repositories, which ADD fetches. */
const REMOTE = /^(?:[a-z][a-z0-9+.-]*:\/\/|git@|[^/]*@[^/]*:|github\.com\/)|\.git(?:[#?].*)?$/i;
const WILDCARD = /(^|[^\\])[*?[]/;
const MAX_LINKS = 40;

export function checkCopies(checked: Checked): void {
  for (const stage of checked.run) {
    checkStage(checked, stage);
    for (const { mount: { type, from, source }, flag, instruction } of mountsOf(checked, stage)) {
      const view = viewOf(checked, from);
      if (type !== "bind" || view === null || source === "" || isUnknown(source)) continue;
      checkPath(checked, view, instruction, flag, cleaned(source));
    }
  }
}

interface NamedView extends ContextView {
  /** For messages. */
  readonly what: string;
}

/** The build context, or the folder of this name; `null`: a stage or an image. */
function viewOf({ input: { context, folders } }: Checked, from: string): NamedView | null {
  if (from === "") return { ...context, what: "the context" };
  const alias = Object.keys(folders).find((one) => familiarName(one) === familiarName(from));
  return alias === undefined ? null : { ...folders[alias]!, what: `context "${alias}"` };
}

function checkStage(checked: Checked, stage: Stage): void {
  const { all, options, findings } = checked, variables = Variables.at(stage, all, options);
  for (const instruction of stage.body) {
    variables.run(instruction, all);
    if (instruction.kind !== "copy" && instruction.kind !== "add") continue;
    for (const written of instruction.sources) {
      const read = attempt(() => variables.expand(written)), { from, parents } = instruction;
      const view = viewOf(checked, from);
      if ("message" in read) findings.error(instruction.statement, written, { message: read.message });
      else if (read.value === null || view === null) continue;
      else if (from === "" && REMOTE.test(read.value)) checkRemote(checked, instruction, written, read.value);
      else checkSource(checked, view, instruction, written, parents ? read.value.replace("/./", "/") : read.value);
    }
  }
}

function checkRemote({ findings }: Checked, { kind, statement }: Instruction, written: string, source: string): void {
  if (kind === "add" || !/^https?:\/\//.test(source)) return;
  findings.error(statement, written, {
    message: `COPY must name files of the context: found "${source}"`,
    hint: "ADD fetches URLs",
  });
}

function checkSource(
  checked: Checked,
  view: NamedView,
  instruction: Instruction,
  written: string,
  source: string,
): void {
  if (WILDCARD.test(source)) checkWildcard(checked, view, instruction, written, cleaned(source));
  else checkPath(checked, view, instruction, written, cleaned(source));
}

/**
 * The files that a Dockerfile names one by one, as far as it can be read: of the build context, or of the context that
 * has a name.
 */
export function namedFiles(source: string, context = ""): ReadonlySet<string> {
  const named = new Set<string>(), isOf = (from: string) => familiarName(from) === familiarName(context);
  for (const statement of parseDockerfile(source).statements) {
    const read = attempt(() => instructionOf(statement)), instruction = "value" in read ? read.value : null;
    if (instruction?.kind === "copy" || instruction?.kind === "add") {
      for (const path of isOf(instruction.from) ? instruction.sources : []) named.add(cleaned(path));
    } else if (instruction?.kind === "run") {
      for (const { flag } of instruction.mounts) {
        const mount = attempt(() => readMount(flag, (value) => value));
        if ("value" in mount && isOf(mount.value.from)) named.add(cleaned(mount.value.source));
      }
    }
  }
  return named;
}

/** A path of the context: BuildKit goes no further up than its root. */
function cleaned(path: string): string {
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return parts.join("/");
}

function checkPath(
  { findings }: Checked,
  view: NamedView,
  { statement }: Instruction,
  word: string,
  path: string,
): void {
  if (path === "" || holds(view.entries, path)) return;
  const shown = `"${path}"`, above = word.split(",").some((part) => part.includes("../"));
  const rule = `${statement.name.toUpperCase()} must name files of ${view.what}`;
  const message = view.ignores(path)
    ? `${rule}: ${shown} is left out by ${view.ignoreFile}`
    : `${rule}: ${shown} is not in it`;
  findings.error(statement, word, { message, hint: hintFor(view, path, above) });
}

function hintFor(context: NamedView, path: string, above: boolean): string {
  if (context.ignores(path)) return `add !${path} to ${context.ignoreFile}`;
  if (above) return "a build sees nothing above its context: use a folder further up as the context";
  const folder = path.split("/").slice(0, -1).join("/"), prefix = folder === "" ? "" : `${folder}/`;
  const siblings = [...context.entries.keys()].filter((one) => {
    return one.startsWith(prefix) && !one.slice(prefix.length).includes("/");
  });
  const meant = nearest(path, siblings);
  return meant ? `did you mean "${meant}"?` : `paths are relative to ${context.what}`;
}

/** Follows links. One that leads nowhere, or in a circle, counts as held: it may be what somebody wants to copy. */
function holds(entries: ContextView["entries"], path: string): boolean {
  let rest = path.split("/"), at: string[] = [];
  for (let links = 0; rest.length > 0 && links < MAX_LINKS;) {
    const next = [...at, rest[0]!].join("/"), entry = entries.get(next);
    if (!entry) return links > 0;
    rest = rest.slice(1);
    if (entry.type !== "symlink") at = next.split("/");
    else {
      links++;
      const target = entry.link?.startsWith("/") ? entry.link : `${at.join("/")}/${entry.link}`;
      rest = [...cleaned(target).split("/").filter((part) => part !== ""), ...rest];
      at = [];
    }
  }
  return true;
}

function checkWildcard(
  { findings }: Checked,
  context: NamedView,
  { statement }: Instruction,
  word: string,
  path: string,
): void {
  const pattern = globOf(path), paths = [...context.entries];
  // A link may lead to more paths than are listed.
  if (paths.some(([one, { type }]) => pattern.test(one) || type === "symlink" && path.startsWith(`${one}/`))) return;
  findings.warning(statement, word, {
    message: `no file of ${context.what} matches "${path}"`,
    hint: "BuildKit copies nothing then, and does not say so",
  });
}

/** Wider than Go's `filepath.Match` in doubt: what it does not match is certainly missing. */
function globOf(path: string): RegExp {
  const source = path.replace(/\\(.)|\[[^\]]*\]|\*+|[?]|[^\w/]/g, (part, escaped: string | undefined) => {
    if (escaped !== undefined) return `\\u{${escaped.codePointAt(0)!.toString(16)}}`;
    if (part.startsWith("*")) return part.length > 1 ? ".*" : "[^/]*";
    return part.startsWith("[") || part === "?" ? "[^/]" : `\\u{${part.codePointAt(0)!.toString(16)}}`;
  });
  return new RegExp(`^${source}$`, "u");
}
