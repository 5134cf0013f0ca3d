/** Reads the values of an image's secrets, when a Job needs them, from variables and from files inside the walls. */
import { resolve } from "node:path";
import { MAX_SECRET_BYTES, MAX_SECRETS_BYTES } from "../../images/secret.ts";
import type { Image } from "../../config/types.ts";
import { type ErrorCode, UnituneError } from "../../core/errors.ts";
import type { SecretValue } from "../../core/secrets.ts";
import { formatBytes } from "../../core/units.ts";
import { readRegularFile } from "../regular_file.ts";
import type { Walls } from "./paths.ts";
import { isInside, placeOf, realPath } from "./walls.ts";

/** Returns a variable's value; `null` if it is allowed but not set, `undefined` if secrets must not use it. */
export type SecretEnv = (name: string) => string | null | undefined | Promise<string | null | undefined>;

export interface SecretPlaces {
  readonly walls: Walls;
  readonly env: SecretEnv;
}

type LackCode = Extract<ErrorCode, "SECRET_MISSING" | "SECRET_FILE">;

interface Lack {
  readonly why: string;
  readonly hint: string;
  /** Name of the variable, or path of the file. */
  readonly code: LackCode;
}

/** Returns all values, or throws one error that names each one that cannot be read. No message holds a value. */
export async function readSecrets(
  image: Pick<Image, "name" | "secrets">,
  places: SecretPlaces,
): Promise<SecretValue[]> {
  const values: SecretValue[] = [], lacks: (Lack & { readonly id: string })[] = [];
  for (const [id, source] of Object.entries(image.secrets)) {
    const found = "env" in source ? await fromEnv(source.env, places.env) : await fromFile(source.file, places.walls);
    const lack = found instanceof Uint8Array ? wrongSize(source, found) : found;
    if (lack) lacks.push({ id, ...lack });
    else values.push({ id, value: found as Uint8Array });
  }
  const bytes = values.reduce((sum, { value }) => sum + value.length, 0);
  const [first] = lacks;
  if (first) {
    throw missing(first.code, image.name, lacks.map(({ id, why, hint }) => `secret "${id}": ${why} — ${hint}`));
  }
  if (bytes <= MAX_SECRETS_BYTES) return values;
  const limit = formatBytes(MAX_SECRETS_BYTES);
  throw missing("SECRET_FILE", image.name, [`all secrets: together at most ${limit}, found ${formatBytes(bytes)}`]);
}

function missing(code: LackCode, image: string, lines: readonly string[]): UnituneError {
  return new UnituneError(code, `Cannot build image "${image}" as its secrets cannot be read`, {
    path: `images.${image}.secrets`,
    lines,
  });
}

async function fromEnv(name: string, env: SecretEnv): Promise<Uint8Array | Lack> {
  const value = await env(name);
  if (typeof value === "string") return new TextEncoder().encode(value);
  const why = value === null ? `variable ${name} is not set` : `variable ${name} is not allowed`;
  const hint = value === null ? `set ${name}` : `pass --secret-env ${name}`;
  return { code: "SECRET_MISSING", why, hint };
}

/** Checks the real path again: a link may have been created since the config was loaded. */
async function fromFile(file: string, { root, allowed }: Walls): Promise<Uint8Array | Lack> {
  const wanted = resolve(root, file), place = await placeOf(wanted), real = await realPath(wanted);
  const shown = JSON.stringify(file);
  if (!isInside(place, [root, ...allowed])) {
    const why = `file ${shown} is outside the folder of the config`;
    return { code: "SECRET_FILE", why, hint: "move it, or allow its folder with --allow-read" };
  }
  try {
    // Do not read a file that is too large anyway.
    if (real !== null && (await Deno.stat(real)).size > MAX_SECRET_BYTES) return new Uint8Array(MAX_SECRET_BYTES + 1);
    if (real !== null) return await readRegularFile(real, MAX_SECRET_BYTES);
  } catch (error) {
    const why = `file ${shown} cannot be read: ${reason(error)}`;
    return { code: "SECRET_FILE", why, hint: "give the caller read access" };
  }
  return { code: "SECRET_FILE", why: `file ${shown} does not exist`, hint: "it is relative to the config file" };
}

/** The system's own messages name the machine's paths. */
function reason(error: unknown): string {
  const { name, message } = error as Error;
  return name === "Error" ? message : name;
}

function wrongSize(source: Image["secrets"][string], value: Uint8Array): Lack | null {
  const what = "env" in source ? `variable ${source.env}` : `file ${JSON.stringify(source.file)}`;
  const code = "env" in source ? "SECRET_MISSING" : "SECRET_FILE";
  if (value.length === 0) return { code, why: `${what} is empty`, hint: "a secret must not be empty" };
  if (value.length <= MAX_SECRET_BYTES) return null;
  return { code, why: `${what} is too large`, hint: `BuildKit accepts at most ${formatBytes(MAX_SECRET_BYTES)}` };
}

/** Throws if a context holds a secret's file: it would go into the bucket, and with `COPY` into the image. */
export async function refuseInContext(
  images: readonly Pick<Image, "name" | "secrets">[],
  contexts: readonly { readonly name: string; readonly root: string; readonly paths: ReadonlySet<string> }[],
  { root }: Walls,
): Promise<void> {
  const lines: string[] = [];
  for (const image of images) {
    for (const [id, source] of Object.entries(image.secrets)) {
      if ("env" in source) continue;
      const places = new Set([resolve(root, source.file), await realPath(resolve(root, source.file))]);
      for (const context of contexts) {
        const inside = [...places].some((place) => {
          return place?.startsWith(`${context.root}/`) && context.paths.has(place.slice(context.root.length + 1));
        });
        if (inside) lines.push(`secret "${id}" of image "${image.name}" is a file of the context of "${context.name}"`);
      }
    }
  }
  if (lines.length === 0) return;
  throw new UnituneError("SECRET_IN_CONTEXT", "Cannot use a build context that holds a secret's file", {
    path: "images",
    lines,
    hint: "Name it in .dockerignore, or move it out of the context",
  });
}
