/** Deploys the stacks, at the config's version of Kubernetes or at one on the way to it. */
import { UnituneError } from "../../core/errors.ts";
import type { Task } from "../../core/ports.ts";
import { waitUntil } from "../../core/wait.ts";
import { areComparable, isVersion } from "../../plan/versions.ts";
import type { Operation } from "../operation.ts";
import { DONE, type Outcome, UNCHANGED } from "../run.ts";

interface Deployment {
  /** The version that the cluster gets; `undefined`: the config's, which it has. */
  readonly kubernetes?: string | undefined;
  /** Is what was changed outside of CloudFormation changed back? */
  readonly revertDrift?: boolean | undefined;
}

/** With a version, waits until the cluster has it, because the next step relies on it. */
export async function deployStacks(
  operation: Operation,
  task: Task,
  { kubernetes, revertDrift = false }: Deployment,
): Promise<Outcome> {
  const { ports, session, assemblies } = operation;
  const deployed = await ports.stacks.deploy(await assemblies.folder(kubernetes), task, { revertDrift });
  session.forget();
  if (kubernetes !== undefined) await reached(kubernetes, operation);
  return deployed.some(({ changed }) => changed) ? DONE : UNCHANGED;
}

async function reached(kubernetes: string, { config: { name }, ports: { eks, clock }, signal }: Operation) {
  let found: string | null = null;
  await waitUntil(async () => {
    const cluster = await eks.cluster(name);
    found = cluster?.status === "ACTIVE" ? cluster.version : null;
    return found !== null;
  }, {
    clock,
    signal,
    timeoutSeconds: 900,
    what: `cluster ${name} to be active at Kubernetes ${kubernetes}`,
    hint: "Check the cluster's updates in the EKS console, then run the same command again",
  });
  if (found === null || !areComparable(found, kubernetes) || isVersion(found, kubernetes)) return;
  throw new UnituneError(
    "KUBERNETES_VERSION",
    `Cannot continue as the stack sets cluster ${name} to Kubernetes ${kubernetes}: it is at ${found}`,
    {
      path: "cluster.version",
      hint: `Change it back: aws eks update-cluster-version --name ${name} --kubernetes-version ${kubernetes}`,
    },
  );
}
