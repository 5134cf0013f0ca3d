/** Reads the values of an image's secrets, when a Job needs them, from variables and from files inside the walls. */
import { resolve } from "node:path";
import {
  type Login,
  loginsValue,
  MAX_PASSWORD_BYTES,
  MAX_SECRET_BYTES,
  MAX_SECRETS_BYTES,
  MAX_SSH_KEY_BYTES,
  sshKey,
  sshKeyFault,
} from "../../images/secret.ts";
import type { Image, Registry, SecretSource } from "../../config/types.ts";
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

/** A value that a build needs. */
interface Wanted {
  /** As messages name it. */
  readonly what: string;
  /** Where the config declares it. */
  readonly path: string;
  readonly source: SecretSource;
  readonly kind: keyof typeof KINDS;
}

/** How large a value may be, in bytes. */
const KINDS = {
  secret: { most: MAX_SECRET_BYTES, rule: "BuildKit accepts at most" },
  key: { most: MAX_SSH_KEY_BYTES, rule: "BuildKit reads at most" },
  password: { most: MAX_PASSWORD_BYTES, rule: "a password has at most" },
} as const;

type ImageSecrets = Pick<Image, "name" | "secrets" | "ssh">;

/**
 * Returns all values, those of the builder's logins as one, or throws one error that names each one that cannot be read.
 * No message holds a value.
 */
export async function readSecrets(
  image: ImageSecrets,
  registries: readonly Registry[],
  places: SecretPlaces,
): Promise<SecretValue[]> {
  const lacks: (Lack & Wanted)[] = [], { name } = image;
  const read = async (wanted: Wanted): Promise<Uint8Array> => {
    const { source } = wanted;
    const found = "env" in source ? await fromEnv(source.env, places.env) : await fromFile(source.file, places.walls);
    const lack = found instanceof Uint8Array ? wrongValue(wanted, found) : found;
    if (lack) lacks.push({ ...wanted, ...lack });
    return lack ? new Uint8Array() : found as Uint8Array;
  };
  const values: SecretValue[] = [], logins: Login[] = [];
  for (const [id, source] of Object.entries(image.secrets)) {
    const wanted = { what: `secret "${id}"`, path: `images.${name}.secrets`, source, kind: "secret" } as const;
    values.push({ id, value: await read(wanted) });
  }
  for (const [id, source] of Object.entries(image.ssh)) {
    const wanted = { what: `SSH key "${id}"`, path: `images.${name}.ssh`, source, kind: "key" } as const;
    values.push({ id: sshKey(id), value: await read(wanted) });
  }
  for (const { host, auth } of registries) {
    if (!auth) continue;
    const wanted = { what: `login to ${host}`, path: "builder.registries", source: auth.password };
    const password = new TextDecoder().decode(await read({ ...wanted, kind: "password" }));
    logins.push({ host, username: auth.username, password: password.replace(/[\r\n]+$/, "") });
  }
  if (logins.length > 0) values.push(loginsValue(logins));
  const bytes = values.reduce((sum, { value }) => sum + value.length, 0);
  const [first] = lacks;
  if (first) {
    const lines = lacks.map(({ what, why, hint }) => `${what}: ${why} — ${hint}`);
    throw missing(first.code, image.name, first.path, lines);
  }
  if (bytes <= MAX_SECRETS_BYTES) return values;
  const limit = formatBytes(MAX_SECRETS_BYTES),
    line = `all secrets: together at most ${limit}, found ${formatBytes(bytes)}`;
  throw missing("SECRET_FILE", image.name, `images.${image.name}.secrets`, [line]);
}

function missing(code: LackCode, image: string, path: string, lines: readonly string[]): UnituneError {
  return new UnituneError(code, `Cannot build image "${image}" as its secrets cannot be read`, { path, lines });
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

function wrongValue({ source, kind }: Wanted, value: Uint8Array): Lack | null {
  const what = "env" in source ? `variable ${source.env}` : `file ${JSON.stringify(source.file)}`;
  const code = "env" in source ? "SECRET_MISSING" : "SECRET_FILE", { most, rule } = KINDS[kind];
  if (value.length === 0) return { code, why: `${what} is empty`, hint: "a secret must not be empty" };
  if (value.length > most) return { code, why: `${what} is too large`, hint: `${rule} ${formatBytes(most)}` };
  const fault = kind === "key" ? sshKeyFault(new TextDecoder().decode(value)) : null;
  return fault === null ? null : { code, why: `${what} ${fault}`, hint: "use a private key without a passphrase" };
}

/** Throws if a context holds a secret's file: it would go into the bucket, and with `COPY` into the image. */
export async function refuseInContext(
  images: readonly ImageSecrets[],
  registries: readonly Registry[],
  contexts: readonly { readonly name: string; readonly root: string; readonly paths: ReadonlySet<string> }[],
  { root }: Walls,
): Promise<void> {
  const secrets = [
    ...images.flatMap(({ name, secrets, ssh }) => [
      ...Object.entries(secrets).map(([id, source]) => ({ what: `secret "${id}" of image "${name}"`, source })),
      ...Object.entries(ssh).map(([id, source]) => ({ what: `SSH key "${id}" of image "${name}"`, source })),
    ]),
    ...registries.flatMap(({ host, auth }) => auth ? [{ what: `the login to ${host}`, source: auth.password }] : []),
  ];
  const lines: string[] = [];
  for (const { what, source } of secrets) {
    if ("env" in source) continue;
    const places = new Set([resolve(root, source.file), await realPath(resolve(root, source.file))]);
    for (const context of contexts) {
      const inside = [...places].some((place) => {
        return place?.startsWith(`${context.root}/`) && context.paths.has(place.slice(context.root.length + 1));
      });
      if (inside) lines.push(`${what} is a file of the context of "${context.name}"`);
    }
  }
  if (lines.length === 0) return;
  throw new UnituneError("SECRET_IN_CONTEXT", "Cannot use a build context that holds a secret's file", {
    path: "images",
    lines,
    hint: "Name it in .dockerignore, or move it out of the context",
  });
}
