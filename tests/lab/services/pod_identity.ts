/**
 * The admission webhook of Pod Identity: a pod whose ServiceAccount has an association gets what EKS gives it. A build
 * that asks for the default of 4 CPUs asks for one: nodes of the lab have the CPUs of this machine.
 */
import { CLUSTER } from "../../../lib/core/pins.ts";
import { credentials } from "../layout.ts";
import { askAll, type Emulator } from "./emulators.ts";
import { log } from "./log.ts";

export interface Association {
  readonly region: string;
  readonly roleArn: string;
  readonly createdAt: number | string;
}

interface Container {
  readonly name: string;
  readonly env?: readonly { readonly name: string }[];
  readonly volumeMounts?: readonly unknown[];
  readonly resources?: { readonly requests?: Readonly<Record<string, string>> };
}

export interface Pod {
  readonly metadata?: { readonly annotations?: Readonly<Record<string, string>> };
  readonly spec: {
    readonly serviceAccountName?: string;
    readonly containers: readonly Container[];
    readonly initContainers?: readonly Container[];
    readonly volumes?: readonly { readonly name: string }[];
  };
}

interface Operation {
  readonly op: "add" | "replace";
  readonly path: string;
  readonly value: unknown;
}

const VOLUME = "eks-pod-identity-token";
const FOLDER = "/var/run/secrets/pods.eks.amazonaws.com/serviceaccount";
const SKIP = "eks.amazonaws.com/skip-containers";
export const audience = "pods.eks.amazonaws.com";

/** The JSON patch that EKS's webhook makes, and AWS_ENDPOINT_URL, without which the SDK would ask the real AWS. */
export function patchOf(pod: Pod, region: string, endpoint: string): readonly Operation[] {
  const skipped = (pod.metadata?.annotations?.[SKIP] ?? "").split(",").map((name) => name.trim());
  const env = {
    AWS_STS_REGIONAL_ENDPOINTS: "regional",
    AWS_DEFAULT_REGION: region,
    AWS_REGION: region,
    AWS_CONTAINER_CREDENTIALS_FULL_URI: `http://${credentials.address}${credentials.path}`,
    AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: `${FOLDER}/${VOLUME}`,
    AWS_ENDPOINT_URL: endpoint,
  };
  // The API server may ask again after another webhook's change; then it is all there.
  if ((pod.spec.volumes ?? []).some((volume) => volume.name === VOLUME)) return [];
  const operations: Operation[] = [];
  for (const list of ["initContainers", "containers"] as const) {
    (pod.spec[list] ?? []).forEach((container, index) => {
      if (skipped.includes(container.name)) return;
      operations.push(...patchOfContainer(container, `/spec/${list}/${index}`, env));
    });
  }
  if (operations.length === 0) return [];
  const token = { serviceAccountToken: { audience, expirationSeconds: 86_400, path: VOLUME } };
  const volume = { name: VOLUME, projected: { sources: [token] } };
  operations.push(append("/spec/volumes", pod.spec.volumes, [volume]));
  return operations;
}

const DEFAULT_CPUS = "4", LAB_CPUS = "1";

/** The JSON patch that lets a build with default resources fit a node of the lab. */
export function cpusOf(pod: Pod, namespace: string): readonly Operation[] {
  if (namespace !== CLUSTER.buildNamespace) return [];
  return pod.spec.containers.flatMap(({ resources }, index): Operation[] => {
    if (resources?.requests?.["cpu"] !== DEFAULT_CPUS) return [];
    return [{ op: "replace", path: `/spec/containers/${index}/resources/requests/cpu`, value: LAB_CPUS }];
  });
}

function patchOfContainer(container: Container, path: string, env: Record<string, string>): readonly Operation[] {
  const own = new Set((container.env ?? []).map((each) => each.name));
  const added = Object.entries(env).filter(([name]) => !own.has(name)).map(([name, value]) => ({ name, value }));
  const mount = { name: VOLUME, mountPath: FOLDER, readOnly: true };
  return [
    append(`${path}/env`, container.env, added),
    append(`${path}/volumeMounts`, container.volumeMounts, [mount]),
  ];
}

function append(path: string, present: readonly unknown[] | undefined, added: readonly unknown[]): Operation {
  return { op: "add", path, value: [...(present ?? []), ...added] };
}

/** The newest association of a ServiceAccount in any emulator, and whose it is. */
export async function associationOf(
  namespace: string,
  serviceAccount: string,
  folder?: string,
): Promise<{ readonly emulator: Emulator; readonly association: Association } | undefined> {
  const question = { namespace, serviceAccount };
  const answers = await askAll<{ associations: Association[] }>("pod-identity/associations", question, folder);
  return answers
    .flatMap(({ emulator, answer }) => answer.associations.map((association) => ({ emulator, association })))
    .sort((one, other) => Number(other.association.createdAt) - Number(one.association.createdAt))[0];
}

/** Serves `/mutate`: AdmissionReview v1. `folder`: where the emulators are registered, for tests. */
export function mutateHandler(folder?: string): (request: Request) => Promise<Response> {
  return async (request) => {
    const review = await request.json() as { request: { uid: string; namespace: string; object: Pod } };
    const { uid, namespace, object: pod } = review.request;
    const account = pod.spec.serviceAccountName || "default";
    const found = await associationOf(namespace, account, folder);
    const identity = found ? patchOf(pod, found.association.region, found.emulator.url) : [];
    const patch = [...identity, ...cpusOf(pod, namespace)];
    if (found) {
      log("pod-identity", `${namespace}/${account} gets ${found.association.roleArn} of ${found.emulator.url}`);
    }
    const patched = patch.length > 0 ? { patchType: "JSONPatch", patch: btoa(JSON.stringify(patch)) } : {};
    const response = { uid, allowed: true, ...patched };
    return Response.json({ apiVersion: "admission.k8s.io/v1", kind: "AdmissionReview", response });
  };
}
