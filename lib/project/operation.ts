/** Opens what an action works with: a project's files, the account's ports, and the receiver of events. */
import type { Operation, ProjectFiles } from "../actions/operation.ts";
import { Session } from "../actions/session.ts";
import type { Emitter } from "../core/emitter.ts";
import type { Ports } from "../core/ports.ts";

interface OperationOptions {
  readonly emitter: Emitter;
  readonly signal: AbortSignal;
}

export function openOperation(files: ProjectFiles, ports: Ports, { emitter, signal }: OperationOptions): Operation {
  const { config, assemblies, contexts, secrets, objects } = files, session = new Session(config, ports);
  return { config, assemblies, contexts, secrets, objects, ports, session, signal, host: hostName(), ...emitter };
}

/** Users, machines and processes, as other people know them. */
function hostName(): string {
  const user = Deno.env.get("USER") ?? Deno.env.get("USERNAME") ?? "unknown";
  return `${user}@${Deno.hostname()} (process ${Deno.pid}, since ${new Date().toISOString().slice(0, 16)}Z)`;
}
