/** Access to the cluster: the entries of the caller and of the config's admins. */
import { KINDS } from "../../core/kube.ts";
import { waitUntil } from "../../core/wait.ts";
import { accessChanges } from "../../plan/access.ts";
import type { Operation } from "../operation.ts";
import { DONE, type Outcome, UNCHANGED } from "../run.ts";

/** Ensures the entries of the caller and the admins, and the service-linked role that spot instances need. */
export async function syncAccess(operation: Operation): Promise<Outcome> {
  const granted = await ensureAccess(operation);
  const synced = await syncAdmins(operation);
  const linked = await operation.ports.eks.ensureSpotRole();
  return granted || synced || linked ? DONE : UNCHANGED;
}

/**
 * Creates the caller's access entry if it is missing, and waits until it works. Returns whether anything changed.
 * A caller who is an admin in the config gets an admin's entry, which stays when another caller runs unitune.
 */
export async function ensureAccess({ config, ports, session, signal }: Operation): Promise<boolean> {
  const { name, cluster } = config, { principalArn } = await session.identity();
  const purpose = cluster.admins.includes(principalArn) ? "admin" : "caller";
  const granted = await ports.eks.grantAccess(name, principalArn, purpose);
  const kube = await session.kube();
  // This call needs the entry's rights. The server returns its version to every caller that it recognises.
  const rights = () => kube.list(KINDS.namespace);
  await waitUntil(() => rights().then(() => true, (error) => notYet(error, granted)), {
    clock: ports.clock,
    signal,
    timeoutSeconds: 120,
    what: "the API server to accept the new access entry",
    hint: `Look at the access entries of cluster ${name}: ${principalArn} must be one of them, as an administrator`,
  });
  return granted;
}

/** Creates an entry for each admin of the config, and deletes those of admins that are no longer in it. */
async function syncAdmins({ config, ports: { eks }, session }: Operation): Promise<boolean> {
  const { name, cluster } = config, { principalArn: caller } = await session.identity();
  const changes = accessChanges(cluster.admins, caller, await eks.accessEntries(name));
  for (const { action, principalArn, purpose } of changes) {
    if (action === "delete") await eks.revokeAccess(name, principalArn);
    else await eks.grantAccess(name, principalArn, purpose);
  }
  return changes.length > 0;
}

/** Only a new entry takes a moment to work: the server keeps refusing an old one. */
function notYet(error: unknown, granted: boolean): boolean {
  if (granted && [401, 403].includes((error as { status?: number }).status ?? 0)) return false;
  throw error;
}
