/** Checks the files that a config names: existence, kind, and real paths inside the walls. */
import { basename, dirname, join, resolve } from "node:path";
import { didYouMean, type Issue, type Path } from "../../config/issues.ts";
import { sourceOf } from "../../config/schema/config.ts";
import { certificatesOf } from "../../config/resolve/registries.ts";
import { kindOf, readRegularFile } from "../regular_file.ts";
import { isInside, placeOf, realPath } from "./walls.ts";

interface FoundPaths {
  /** Real paths of the contexts, by image. */
  readonly contexts: Readonly<Record<string, string>>;
  /** Real paths of the folders in their `contexts`, by image and name. */
  readonly folders: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Certificates of the builder's registries, by host. */
  readonly cas: Readonly<Record<string, string>>;
  readonly issues: readonly Issue[];
}

export interface Walls {
  /** Real path of the project's folder. Paths in the config are relative to it. */
  readonly root: string;
  /** Real paths of the additional folders that may be read. */
  readonly allowed: readonly string[];
}

type Fields = Readonly<Record<string, unknown>>;

/** Checks only values of the right type: the schema reports the others. */
export async function findPaths(config: unknown, walls: Walls): Promise<FoundPaths> {
  const contexts: Record<string, string> = {}, folders: Record<string, Record<string, string>> = {};
  const issues: Issue[] = [];
  for (const [name, image] of Object.entries(fieldsOf(fieldsOf(config).images))) {
    const { context, dockerfile = "Dockerfile", dockerfileInline, ignoreFile, secrets, ssh } = fieldsOf(image);
    for (const [field, values] of Object.entries({ secrets, ssh })) {
      for (const [id, secret] of Object.entries(fieldsOf(values))) {
        issues.push(...await secretIssues(["images", name, field, id], secret, walls));
      }
    }
    folders[name] = await findFolders(["images", name, "contexts"], fieldsOf(image).contexts, walls, issues);
    if (typeof context !== "string" || context === "") continue;
    const found = await findContext(["images", name, "context"], context, walls);
    if (typeof found !== "string") {
      issues.push(found);
      continue;
    }
    contexts[name] = found;
    const path = ["images", name];
    const written = typeof dockerfile === "string" && dockerfileInline === undefined ? dockerfile : null;
    issues.push(...await fileIssues(path, found, written, walls));
    // The schema reports an ignore file that is outside as written.
    if (typeof ignoreFile === "string" && isWithin(ignoreFile)) {
      issues.push(...await namedFile(path, "ignoreFile", found, ignoreFile, walls));
    }
  }
  for (const [host, registry] of registriesIn(config)) {
    const { password } = fieldsOf(fieldsOf(registry).auth);
    issues.push(...await secretIssues(["builder", "registries", host, "auth", "password"], password, walls));
  }
  return { contexts, folders, cas: await readCertificates(config, walls, issues), issues };
}

/** The folders among an image's named contexts, each with an ignore file inside the walls, if it has one. */
async function findFolders(path: Path, value: unknown, walls: Walls, issues: Issue[]): Promise<Record<string, string>> {
  const folders: Record<string, string> = {};
  for (const [alias, written] of Object.entries(fieldsOf(value))) {
    const source = typeof written === "string" && written !== "" ? sourceOf(written) : null;
    if (source === null || !("path" in source)) continue;
    const at = [...path, alias], found = await findContext(at, source.path, walls);
    if (typeof found !== "string") issues.push(found);
    else {
      folders[alias] = found;
      issues.push(...await ignoreIssues(at, found, ".dockerignore", walls));
    }
  }
  return folders;
}

function registriesIn(config: unknown): [string, unknown][] {
  return Object.entries(fieldsOf(fieldsOf(fieldsOf(config).builder).registries));
}

const MAX_CA_BYTES = 128 * 1024;

/** Certificates are public, and part of the cluster's objects. Unlike secrets, they are read at once. */
async function readCertificates(config: unknown, walls: Walls, issues: Issue[]): Promise<Record<string, string>> {
  const cas: Record<string, string> = {};
  for (const [host, registry] of registriesIn(config)) {
    const { ca } = fieldsOf(registry);
    if (typeof ca !== "string" || ca === "") continue;
    const found = await certificate(["builder", "registries", host, "ca"], ca, walls);
    if (typeof found === "string") cas[host] = found;
    else issues.push(found);
  }
  return cas;
}

async function certificate(path: Path, file: string, { root, allowed }: Walls): Promise<string | Issue> {
  const wanted = resolve(root, file),
    place = await placeOf(wanted),
    real = await realPath(wanted),
    shown = JSON.stringify(file);
  if (!isInside(place, [root, ...allowed])) return outside(path, shown);
  if (real === null) {
    const hint = await guess(wanted) ?? "it is relative to the config file";
    return { code: "PATH", path, message: `must be a file: ${shown} does not exist`, hint };
  }
  const [wrong] = await notAFile(path, real, shown);
  if (wrong) return wrong;
  const bytes = await readRegularFile(real, MAX_CA_BYTES).catch(() => null);
  const found = bytes && certificatesOf(new TextDecoder().decode(bytes));
  if (found !== null) return found;
  const hint = "name only the authority's certificates: anybody in the cluster can read them";
  return { code: "PATH", path, message: `must hold certificates (PEM), at most 128 KiB: ${shown} does not`, hint };
}

function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null ? value as Fields : {};
}

async function findContext(path: Path, context: string, { root, allowed }: Walls): Promise<string | Issue> {
  const wanted = resolve(root, context), place = await placeOf(wanted), real = await realPath(wanted);
  const shown = JSON.stringify(context);
  if (!isInside(place, [root, ...allowed])) return outside(path, shown);
  if (real === null) {
    const hint = await guess(wanted) ?? "contexts are relative to the config file";
    return { code: "PATH", path, message: `must be a folder: ${shown} does not exist`, hint };
  }
  const kind = kindOf(await Deno.stat(real));
  if (kind === "folder") return real;
  const hint = kind === "file" ? "name the folder that holds it" : undefined;
  return { code: "PATH", path, message: `must be a folder: ${shown} is a ${kind}`, hint };
}

function outside(path: Path, shown: string): Issue {
  const message = `must be inside the folder of the config, after resolving links: ${shown} is outside`;
  return { code: "PATH", path, message, hint: "move it, or allow its folder with --allow-read" };
}

/** Checks only the location: the file must exist when a Job needs it, but not for a plan on another machine. */
async function secretIssues(at: Path, source: unknown, { root, allowed }: Walls): Promise<Issue[]> {
  const { file } = fieldsOf(source), path = [...at, "file"];
  if (typeof file !== "string" || file === "") return [];
  const wanted = resolve(root, file),
    place = await placeOf(wanted),
    real = await realPath(wanted),
    shown = JSON.stringify(file);
  if (!isInside(place, [root, ...allowed])) return [outside(path, shown)];
  return real === null ? [] : await notAFile(path, real, shown);
}

async function notAFile(path: Path, real: string, shown: string): Promise<Issue[]> {
  const kind = kindOf(await Deno.stat(real));
  return kind === "file" ? [] : [{ code: "PATH", path, message: `must be a file: ${shown} is a ${kind}` }];
}

async function guess(missing: string): Promise<string | undefined> {
  const siblings: string[] = [];
  try {
    for await (const entry of Deno.readDir(dirname(missing))) siblings.push(entry.name);
  } catch {
    // The folder does not exist, so there are no siblings to suggest.
  }
  return didYouMean(basename(missing), siblings.toSorted());
}

/** The Dockerfile must exist, unless it is not a file (`null`). Existing ignore files must lie inside the walls too, because both are read. */
async function fileIssues(
  image: Path,
  context: string,
  dockerfile: string | null,
  { root, allowed }: Walls,
): Promise<Issue[]> {
  const isFile = dockerfile !== null && !dockerfile.startsWith("/");
  const issues = isFile ? await namedFile(image, "dockerfile", context, dockerfile, { root, allowed }) : [];
  const own = isFile && issues.length === 0 ? [`${dockerfile}.dockerignore`] : [];
  for (const name of [".dockerignore", ...own]) {
    issues.push(...await ignoreIssues([...image, "context"], context, name, { root, allowed }));
  }
  return issues;
}

async function ignoreIssues(path: Path, context: string, name: string, { root, allowed }: Walls): Promise<Issue[]> {
  const place = await placeOf(join(context, name)), real = await realPath(join(context, name));
  const shown = JSON.stringify(name);
  if (!isInside(place, [root, ...allowed])) return [outside(path, shown)];
  return real === null ? [] : await notAFile(path, real, shown);
}

/** A file that the config names, relative to the context. */
async function namedFile(
  image: Path,
  field: string,
  context: string,
  file: string,
  { root, allowed }: Walls,
): Promise<Issue[]> {
  const path = [...image, field], shown = JSON.stringify(file), wanted = join(context, file);
  if (!isInside(await placeOf(wanted), [root, ...allowed])) return [outside(path, shown)];
  const real = await realPath(wanted);
  if (real !== null) return await notAFile(path, real, shown);
  const hint = await guess(wanted) ?? "it is relative to the context";
  return [{
    code: "PATH",
    path,
    message: `must be a file${isWithin(file) ? " in" : ", relative to"} the context: ${shown} does not exist`,
    hint,
  }];
}

function isWithin(file: string): boolean {
  return !file.startsWith("/") && !file.split("/").includes("..");
}
