/**
 * A build's secrets, in the Secret that is named after its Job: files as BuildKit takes them, and the logins to
 * registries as Docker's clients read them. Keys that begin with a dot are no ids of the user's.
 */
import { Buffer } from "node:buffer";
import type { Mount } from "../core/pods.ts";
import type { SecretValue } from "../core/secrets.ts";
import type { Builder, Image, Registry } from "../plan/types.ts";

/** The largest secret that BuildKit accepts. */
export const MAX_SECRET_BYTES: number = 500 * 1024;
/** How much a Secret of Kubernetes holds. */
export const MAX_SECRETS_BYTES: number = 2 ** 20;
/** A login is sent as one header. */
export const MAX_PASSWORD_BYTES: number = 16 * 1024;

/** The largest key that BuildKit reads. */
export const MAX_SSH_KEY_BYTES: number = 100 * 1024;

const FOLDER = "/unitune/secrets", SSH_FOLDER = "/unitune/ssh";
const LOGINS = { key: ".dockerconfigjson", folder: "/logins", file: "config.json" } as const;

/** The environment of the container that logs in. */
export const LOGINS_ENV: Readonly<Record<string, string>> = { LOGINS: `${LOGINS.folder}/${LOGINS.file}` };

/** Whether the Job needs a Secret. */
export function hasSecrets({ secrets, ssh }: Image, { registries }: Pick<Builder, "registries">): boolean {
  return Object.keys({ ...secrets, ...ssh }).length > 0 || hasLogins(registries);
}

export function hasLogins(registries: readonly Registry[]): boolean {
  return registries.some(({ auth }) => auth !== null);
}

/** Arguments of `buildctl`: ids and files, never values. */
export function secretArgs(ids: readonly string[]): string[] {
  return ids.map((id) => `--secret=id=${id},src=${FOLDER}/${id}`);
}

/** The Secret as a volume, mounted by the one container that needs it. */
export function secretMount(jobName: string): Mount {
  return {
    // Its files belong to root, and the container's user may be uid 1000: everyone may read them.
    volume: { name: "secrets", secret: { secretName: jobName, defaultMode: 0o444 } },
    mount: { name: "secrets", mountPath: FOLDER, readOnly: true },
  };
}

/** The SSH keys alone, for BuildKit's client, which is their agent. */
export function sshMount(jobName: string, ids: readonly string[]): Mount {
  const items = ids.map((id) => ({ key: sshKey(id), path: id }));
  return {
    volume: { name: "ssh", secret: { secretName: jobName, items, defaultMode: 0o444 } },
    mount: { name: "ssh", mountPath: SSH_FOLDER, readOnly: true },
  };
}

/** In the Secret; a secret may have the same id. */
export function sshKey(id: string): string {
  return `.ssh-${id}`;
}

export function sshArgs(ids: readonly string[]): string[] {
  return ids.map((id) => `--ssh=${id}=${SSH_FOLDER}/${id}`);
}

/** Why BuildKit could not use this text as a private key; `null`: no reason is known. */
export function sshKeyFault(text: string): string | null {
  const [, kind, body = ""] = /-----BEGIN ([A-Z ]*)PRIVATE KEY-----([^]*?)-----END /.exec(text) ?? [];
  if (kind === undefined) return "is not a private SSH key (PEM)";
  // OpenSSH's own form begins with its name (15 bytes) and, after its length, that of the cipher.
  const head = Buffer.from(body.replaceAll(/\s/g, "").slice(0, 40), "base64").toString("latin1").slice(15);
  const isOpen = kind !== "OPENSSH " || head.startsWith("\0\0\0\x04none");
  return isOpen && !/ENCRYPTED/.test(kind + body) ? null : "has a passphrase";
}

/** The logins alone, for the container that fetches the context and writes all logins. */
export function loginsMount(jobName: string): Mount {
  const items = [{ key: LOGINS.key, path: LOGINS.file }];
  return {
    volume: { name: "logins", secret: { secretName: jobName, items, defaultMode: 0o444 } },
    mount: { name: "logins", mountPath: LOGINS.folder, readOnly: true },
  };
}

/** A login with its password. */
export interface Login {
  readonly host: string;
  readonly username: string;
  readonly password: string;
}

/** Docker's clients know Docker Hub by this name. */
const DOCKER_HUB = "https://index.docker.io/v1/";

export function loginsValue(logins: readonly Login[]): SecretValue {
  const all = logins.map(({ host, username, password }) => {
    const auth = Buffer.from(`${username}:${password}`).toString("base64");
    return { name: host === "docker.io" ? DOCKER_HUB : host, auth, password };
  });
  const auths = Object.fromEntries(all.map(({ name, auth }) => [name, { auth }])), text = new TextEncoder();
  return {
    id: LOGINS.key,
    value: text.encode(JSON.stringify({ auths })),
    // Not the whole value: hosts are no secrets.
    hidden: all.flatMap(({ auth, password }) => [text.encode(password), text.encode(auth)]),
  };
}
