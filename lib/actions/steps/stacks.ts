/** Deploys the stacks, at a version of Kubernetes on the way to the config's own. */
import { UnituneError } from "../../core/errors.ts";
import type { Task } from "../../core/ports.ts";
import { waitUntil } from "../../core/wait.ts";
import { areComparable, isVersion } from "../../plan/versions.ts";
import type { Operation } from "../operation.ts";
import { DONE, type Outcome, UNCHANGED } from "../run.ts";

/** With a version, waits until the cluster has it: the next step must find it there. */
export async function deployStacks(operation: Operation, task: Task, kubernetes: string | undefined): Promise<Outcome> {
  const { ports, session, assemblies } = operation;
  const deployed = await ports.stacks.deploy(await assemblies.folder(kubernetes), task);
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
    hint: "Look at the cluster's updates in the console of EKS, then run the same command again",
  });
  if (found === null || !areComparable(found, kubernetes) || isVersion(found, kubernetes)) return;
  throw new UnituneError(
    "KUBERNETES_VERSION",
    `Cannot go on as cluster ${name} must be at Kubernetes ${kubernetes} by its stack: it is at ${found}`,
    {
      path: "cluster.version",
      hint: `Somebody else moved it: aws eks update-cluster-version --name ${name} --kubernetes-version ${kubernetes}`,
    },
  );
}
