/** Files of the build context that COPY, ADD and bind mounts name, but that the context does not have. */
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
      if (type !== "bind" || from !== "" || source === "" || isUnknown(source)) continue;
      checkPath(checked, instruction, flag, cleaned(source));
    }
  }
}

function checkStage(checked: Checked, stage: Stage): void {
  const { all, options, findings } = checked, variables = Variables.at(stage, all, options);
  for (const instruction of stage.body) {
    variables.run(instruction, all);
    if (instruction.kind !== "copy" && instruction.kind !== "add") continue;
    for (const written of instruction.sources) {
      const read = attempt(() => variables.expand(written)), { kind, from, parents } = instruction;
      if ("message" in read) findings.error(instruction.statement, written, { message: read.message });
      else if (read.value !== null && from === "") {
        checkSource(checked, instruction, written, read.value, parents, kind);
      }
    }
  }
}

function checkSource(
  checked: Checked,
  instruction: Instruction,
  written: string,
  source: string,
  parents: boolean,
  kind: "copy" | "add",
): void {
  if (REMOTE.test(source)) {
    if (kind === "add" || !/^https?:\/\//.test(source)) return;
    checked.findings.error(instruction.statement, written, {
      message: `COPY must name files of the context: found "${source}"`,
      hint: "ADD fetches URLs",
    });
    return;
  }
  const path = cleaned(parents ? source.replace("/./", "/") : source);
  if (WILDCARD.test(source)) checkWildcard(checked, instruction, written, path);
  else checkPath(checked, instruction, written, path);
}

/** The files of the context that a Dockerfile names one by one, as far as it can be read. */
export function namedFiles(source: string): ReadonlySet<string> {
  const named = new Set<string>();
  for (const statement of parseDockerfile(source).statements) {
    const read = attempt(() => instructionOf(statement)), instruction = "value" in read ? read.value : null;
    if (instruction?.kind === "copy" || instruction?.kind === "add") {
      for (const path of instruction.from === "" ? instruction.sources : []) named.add(cleaned(path));
    } else if (instruction?.kind === "run") {
      for (const { flag } of instruction.mounts) {
        const mount = attempt(() => readMount(flag, (value) => value));
        if ("value" in mount) named.add(cleaned(mount.value.source));
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
  { input: { context }, findings }: Checked,
  { statement }: Instruction,
  word: string,
  path: string,
): void {
  if (path === "" || holds(context.entries, path)) return;
  const shown = `"${path}"`, above = word.split(",").some((part) => part.includes("../"));
  const message = context.ignores(path)
    ? `${statement.name.toUpperCase()} must name files of the context: ${shown} is left out by ${context.ignoreFile}`
    : `${statement.name.toUpperCase()} must name files of the context: ${shown} is not in it`;
  findings.error(statement, word, { message, hint: hintFor(context, path, above) });
}

function hintFor(context: ContextView, path: string, above: boolean): string {
  if (context.ignores(path)) return `add !${path} to ${context.ignoreFile}`;
  if (above) return "a build sees nothing above its context: use a folder further up as the context";
  const folder = path.split("/").slice(0, -1).join("/"), prefix = folder === "" ? "" : `${folder}/`;
  const siblings = [...context.entries.keys()].filter((one) => {
    return one.startsWith(prefix) && !one.slice(prefix.length).includes("/");
  });
  const meant = nearest(path, siblings);
  return meant ? `did you mean "${meant}"?` : "paths are relative to the context";
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
  { input: { context }, findings }: Checked,
  { statement }: Instruction,
  word: string,
  path: string,
): void {
  const pattern = globOf(path), paths = [...context.entries];
  // A link may lead to more paths than are listed.
  if (paths.some(([one, { type }]) => pattern.test(one) || type === "symlink" && path.startsWith(`${one}/`))) return;
  findings.warning(statement, word, {
    message: `no file of the context matches "${path}"`,
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
