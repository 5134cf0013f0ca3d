/** The kinds of JSON documents, their version, and the commands that print them. */

export { DOCUMENT_VERSION } from "../../core/version.ts";

/** Kind → the command lines that print it with `--json`. */
export const PRINTED_BY = {
  plan: "plan, apply --dry-run and configure --dry-run",
  report: "apply, build, configure and deploy",
  removal: "destroy --dry-run",
  destroy: "destroy",
  objects: "build --dry-run and deploy --dry-run",
  context: "context",
  synth: "synth",
  init: "init and types",
  kubeconfig: "kubeconfig",
  completions: "completions",
  doctor: "doctor",
  status: "status",
  logs: "logs",
  error: "every command that fails, as the last line of stderr",
} as const;

export type DocumentKind = keyof typeof PRINTED_BY;

export const DOCUMENT_KINDS = Object.keys(PRINTED_BY) as readonly DocumentKind[];
