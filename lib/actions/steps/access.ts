/** The ways into the cluster: the caller's own, and those of the config's admins. */
import { KINDS } from "../../core/kube.ts";
import { waitUntil } from "../../core/wait.ts";
import { accessChanges } from "../../plan/access.ts";
import type { Operation } from "../operation.ts";
import { DONE, type Outcome, UNCHANGED } from "../run.ts";

/** The caller's entry, those of the admins, and the service-linked role that spot instances need. */
export async function syncAccess(operation: Operation): Promise<Outcome> {
  const granted = await ensureAccess(operation);
  const synced = await syncAdmins(operation);
  const linked = await operation.ports.eks.ensureSpotRole();
  return granted || synced || linked ? DONE : UNCHANGED;
}

/**
 * Makes the caller's access entry when it is missing, and waits until it counts. Says whether anything changed.
 * An admin of the config has an entry as such, which outlives that it is the caller.
 */
export async function ensureAccess({ config, ports, session, signal }: Operation): Promise<boolean> {
  const { name, cluster } = config, { principalArn } = await session.identity();
  const purpose = cluster.admins.includes(principalArn) ? "admin" : "caller";
  const granted = await ports.eks.grantAccess(name, principalArn, purpose);
  const kube = await session.kube();
  // Asks for what needs the entry's rights: the server's version is told to whomever it knows.
  const rights = () => kube.list(KINDS.namespace);
  await waitUntil(() => rights().then(() => true, (error) => notYet(error, granted)), {
    clock: ports.clock,
    signal,
    timeoutSeconds: 120,
    what: "the API server to take the new access entry",
    hint: `Look at the access entries of cluster ${name}: ${principalArn} must be one of them, as an administrator`,
  });
  return granted;
}

/** Gives each admin of the config an entry, and takes away those of admins that it names no more. */
async function syncAdmins({ config, ports: { eks }, session }: Operation): Promise<boolean> {
  const { name, cluster } = config, { principalArn: caller } = await session.identity();
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
