/** The caller's own way into the cluster. */
import type { Session } from "./session.ts";
import type { Run } from "./types.ts";
import { waitUntil } from "./wait.ts";

/** Makes the caller's access entry when it is missing, and waits until it counts. Says whether it was made. */
export async function ensureAccess(cluster: string, run: Run, session: Session): Promise<boolean> {
  const { principalArn } = await session.identity();
  const granted = await run.ports.eks.grantAccess(cluster, principalArn);
  const kube = await session.kube();
  // Asks for what needs the entry's rights: the server's version is told to whomever it knows.
  const rights = () => kube.list({ apiVersion: "v1", kind: "Namespace" });
  await waitUntil(() => rights().then(() => true, (error) => notYet(error, granted)), {
    clock: run.ports.clock,
    signal: run.signal,
    timeoutSeconds: 120,
    what: "the API server to take the new access entry",
    hint: `Look at the access entries of cluster ${cluster}: ${principalArn} must be one of them, as an administrator`,
  });
  return granted;
}

/** Only a new entry takes a moment; an old one that is refused stays so. */
function notYet(error: unknown, granted: boolean): boolean {
  if (granted && [401, 403].includes((error as { status?: number }).status ?? 0)) return false;
  throw error;
}
