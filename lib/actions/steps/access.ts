/** The ways into the cluster: the caller's own, and those of the config's admins. */
import { waitUntil } from "../../core/wait.ts";
import { accessChanges } from "../../plan/access.ts";
import type { Config } from "../../plan/types.ts";
import type { Session } from "../session.ts";
import type { Run } from "../types.ts";

/**
 * Makes the caller's access entry when it is missing, and waits until it counts. Says whether anything changed.
 * An admin of the config has an entry as such, which outlives that it is the caller.
 */
export async function ensureAccess({ name, cluster }: Config, run: Run, session: Session): Promise<boolean> {
  const { principalArn } = await session.identity();
  const purpose = cluster.admins.includes(principalArn) ? "admin" : "caller";
  const granted = await run.ports.eks.grantAccess(name, principalArn, purpose);
  const kube = await session.kube();
  // Asks for what needs the entry's rights: the server's version is told to whomever it knows.
  const rights = () => kube.list({ apiVersion: "v1", kind: "Namespace" });
  await waitUntil(() => rights().then(() => true, (error) => notYet(error, granted)), {
    clock: run.ports.clock,
    signal: run.signal,
    timeoutSeconds: 120,
    what: "the API server to take the new access entry",
    hint: `Look at the access entries of cluster ${name}: ${principalArn} must be one of them, as an administrator`,
  });
  return granted;
}

/** Gives each admin of the config an entry, and takes away those of admins that it names no more. */
export async function syncAdmins({ name, cluster }: Config, run: Run, session: Session): Promise<boolean> {
  const { eks } = run.ports, { principalArn: caller } = await session.identity();
  const changes = accessChanges(cluster.admins, caller, await eks.accessEntries(name));
  for (const { action, principalArn, purpose } of changes) {
    if (action === "delete") await eks.revokeAccess(name, principalArn);
    else await eks.grantAccess(name, principalArn, purpose);
  }
  return changes.length > 0;
}

/** Only a new entry takes a moment; an old one that is refused stays so. */
function notYet(error: unknown, granted: boolean): boolean {
  if (granted && [401, 403].includes((error as { status?: number }).status ?? 0)) return false;
  throw error;
}
