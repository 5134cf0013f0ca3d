/** Holds what a command prints with `--json` to its schema. */
import assert from "node:assert/strict";
import type { DocumentKind } from "../../../lib/cli/documents/kinds.ts";
import { DOCUMENTS } from "../../../lib/cli/documents/schema.ts";

/** Streams of a command that ended. */
interface Streams {
  readonly stdout: string;
  readonly stderr: string;
}

const DRY: Readonly<Record<string, DocumentKind>> = {
  apply: "plan",
  configure: "plan",
  build: "objects",
  deploy: "objects",
  destroy: "removal",
};
const KINDS: Readonly<Record<string, DocumentKind>> = {
  plan: "plan",
  apply: "report",
  build: "report",
  configure: "report",
  deploy: "report",
  destroy: "destroy",
  context: "context",
  synth: "synth",
  init: "init",
  types: "init",
  kubeconfig: "kubeconfig",
  completions: "completions",
  logs: "logs",
  status: "status",
  doctor: "doctor",
};

/** The kind of document that a command line prints; none without `--json`, and for a schema. */
export function kindOf(args: readonly string[]): DocumentKind | undefined {
  const [command = ""] = args;
  if (!args.includes("--json")) return undefined;
  return args.includes("--dry-run") ? DRY[command] : KINDS[command];
}

/** Fails unless stdout is nothing or one document of its kind, and the errors of stderr are those of theirs. */
export function holdToSchema(args: readonly string[], { stdout, stderr }: Streams): void {
  const kind = kindOf(args);
  if (kind === undefined) return;
  if (stdout !== "") hold(kind, JSON.parse(stdout));
  for (const line of stderr.split("\n").filter((line) => line.startsWith("{"))) {
    const event = JSON.parse(line);
    if (event.type === "error") hold("error", event);
  }
}

export function hold(kind: DocumentKind, document: unknown): void {
  const { success, error } = DOCUMENTS[kind].safeParse(document);
  assert.ok(success, `${kind} document: ${error?.message}`);
}
