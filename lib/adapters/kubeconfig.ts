/**
 * Writes an entry into a kubeconfig, as `aws eks update-kubeconfig` does: other entries and comments stay, the file is
 * replaced as a whole, and only its owner may read it.
 */
import { dirname } from "node:path";
import { type Document, isMap, isSeq, parseDocument, type YAMLMap, type YAMLSeq } from "yaml";
import { isUnituneError, messageOf, UnituneError } from "../core/errors.ts";
import { EXEC_API, type KubeconfigEntry } from "../core/kubeconfig.ts";
import type { Clock } from "../core/ports.ts";
import { systemClock } from "./clock.ts";

type Env = (name: string) => string | undefined;

const LISTS = ["clusters", "contexts", "users"] as const;
/** How long another program may hold the lock of the file. */
const LOCK_MS = 5_000;

/**
 * The file that kubectl would read first: what the first file says about a name, or about the current context, holds.
 * https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/#merging-kubeconfig-files
 */
export function kubeconfigFile(env: Env): string {
  const [first] = (env("KUBECONFIG") ?? "").split(Deno.build.os === "windows" ? ";" : ":").filter(Boolean);
  if (first) return first;
  const home = env("HOME") ?? env("USERPROFILE");
  if (home) return `${home}/.kube/config`;
  throw new UnituneError("KUBECONFIG_FILE", "Cannot find the kubeconfig: neither KUBECONFIG nor HOME is set", {
    hint: "Name a file with --file, or use --print",
  });
}

/** The text of a kubeconfig with the entry, and with its context as the current one. `file` is for messages. */
export function withEntry(text: string, entry: KubeconfigEntry, file = "kubeconfig"): string {
  const { name, server, caData, command, args } = entry;
  const document = parsed(text, file);
  for (const [key, value] of [["apiVersion", "v1"], ["kind", "Config"]] as const) {
    if (!document.has(key)) document.set(key, value);
  }
  const exec = {
    apiVersion: EXEC_API,
    command,
    args: [...args],
    interactiveMode: "Never",
    provideClusterInfo: false,
    installHint: "unitune prints the tokens of this cluster: install it, or run `unitune kubeconfig` where it is now",
  };
  const values = {
    clusters: { name, cluster: { server, "certificate-authority-data": caData } },
    contexts: { name, context: { cluster: name, user: name } },
    users: { name, user: { exec } },
  };
  for (const list of LISTS) put(document, list, name, values[list], file);
  document.set("current-context", name);
  return document.toString({ lineWidth: 0 });
}

/** YAML 1.1, which kubectl reads: a profile `on` or `0755` stays a string. */
function parsed(text: string, file: string): Document {
  const document: Document = parseDocument(text, { version: "1.1" });
  const [error] = document.errors;
  if (error) throw unusable(file, error.message.split("\n")[0]!);
  if (document.contents !== null && !isMap(document.contents)) throw unusable(file, "it is not a mapping");
  document.contents ??= document.createNode({});
  (document.contents as YAMLMap).flow = false;
  return document;
}

/** Replaces the list's item of the name in its place, or adds it at the end. */
function put(document: Document, list: string, name: string, value: unknown, file: string): void {
  const found = document.get(list);
  if (found === undefined || found === null) document.set(list, document.createNode([]));
  const items = document.get(list);
  if (!isSeq(items)) throw unusable(file, `${list} is not a list`);
  const sequence = items as YAMLSeq, node = document.createNode(value);
  sequence.flow = false;
  const at = sequence.items.findIndex((item) => isMap(item) && item.get("name") === name);
  if (at < 0) sequence.items.push(node);
  else {
    const before = sequence.items[at] as YAMLMap;
    node.commentBefore = before.commentBefore ?? null;
    node.comment = before.comment ?? null;
    sequence.items[at] = node;
  }
}

function unusable(file: string, why: string, cause?: unknown): UnituneError {
  return new UnituneError("KUBECONFIG_FILE", `Cannot add an entry to ${file}: ${why}`, {
    path: file,
    hint: "Correct the file, or name another one with --file",
    cause,
  });
}

/** Returns the path that was written: what a link leads to, not the link. */
export async function writeEntry(file: string, entry: KubeconfigEntry, clock: Clock = systemClock): Promise<string> {
  try {
    await Deno.mkdir(dirname(file), { recursive: true, mode: 0o700 });
    const path = await Deno.realPath(file).catch(() => file);
    return await locked(path, clock, async () => {
      const text = await Deno.readTextFile(path).catch((error) => {
        if (error instanceof Deno.errors.NotFound) return "";
        throw error;
      });
      await replace(path, withEntry(text, entry, path));
      return path;
    });
  } catch (error) {
    if (isUnituneError(error)) throw error;
    throw unusable(file, messageOf(error), error);
  }
}

async function replace(path: string, text: string): Promise<void> {
  const written = `${path}.${crypto.randomUUID()}`;
  try {
    await Deno.writeTextFile(written, text, { createNew: true, mode: 0o600 });
    await Deno.rename(written, path);
  } catch (error) {
    await Deno.remove(written).catch(() => undefined);
    throw error;
  }
}

/** kubectl's own lock: a file beside it. https://github.com/kubernetes/client-go/blob/master/tools/clientcmd/loader.go */
async function locked<T>(path: string, clock: Clock, work: () => Promise<T>): Promise<T> {
  const lock = `${path}.lock`, until = clock.now() + LOCK_MS;
  for (;;) {
    try {
      (await Deno.open(lock, { write: true, createNew: true, mode: 0o600 })).close();
      break;
    } catch (error) {
      if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
      if (clock.now() >= until) throw unusable(path, `another program holds ${lock}; delete it if none runs`, error);
      await clock.sleep(100);
    }
  }
  try {
    return await work();
  } finally {
    await Deno.remove(lock);
  }
}
