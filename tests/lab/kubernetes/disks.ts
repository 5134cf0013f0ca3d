/**
 * The daemon that stands in for the EBS CSI driver: a claim whose pod has a node gets a file system of its own, ext4 on a
 * loop device, in the node's zone; when the claim goes, so does the file system.
 */
import { data } from "../layout.ts";
import { remove, run, sleep } from "../shell.ts";
import { type Api, connect, type KubernetesObject } from "./api.ts";

const DRIVER = "ebs.csi.aws.com";
const ZONE = "topology.kubernetes.io/zone";
const SELECTED = "volume.kubernetes.io/selected-node", PROVISIONED = "pv.kubernetes.io/provisioned-by";

interface Class extends KubernetesObject {
  readonly provisioner: string;
  readonly reclaimPolicy?: string;
}
interface Claim extends KubernetesObject {
  readonly metadata: KubernetesObject["metadata"] & { readonly uid: string };
  readonly spec: {
    readonly storageClassName?: string;
    readonly volumeName?: string;
    readonly accessModes: readonly string[];
    readonly resources: { readonly requests: { readonly storage: string } };
  };
}
interface Volume extends KubernetesObject {
  readonly status?: { readonly phase?: string };
}

const say = (text: string) => console.error(`${new Date().toISOString()} ${text}`);
const folderOf = (name: string) => `${data.disks}/${name}`;

async function round(api: Api): Promise<void> {
  const [classes, claims, volumes] = await Promise.all([
    items<Class>(api, "/apis/storage.k8s.io/v1/storageclasses"),
    items<Claim>(api, "/api/v1/persistentvolumeclaims"),
    items<Volume>(api, "/api/v1/persistentvolumes"),
  ]);
  for (const claim of claims) {
    const made = classes.find(({ metadata }) => metadata.name === claim.spec.storageClassName);
    const node = claim.metadata.annotations?.[SELECTED];
    if (made?.provisioner !== DRIVER || !node || claim.spec.volumeName || claim.metadata.deletionTimestamp) continue;
    const name = `pvc-${claim.metadata.uid}`;
    if (!volumes.some(({ metadata }) => metadata.name === name)) await create(api, name, claim, made, node);
  }
  for (const { metadata: { name, annotations }, status } of volumes) {
    if (annotations?.[PROVISIONED] === DRIVER && status?.phase === "Released") await discard(api, name);
  }
}

async function items<T>(api: Api, path: string): Promise<readonly T[]> {
  return (await api.get<{ items: T[] }>(path))?.items ?? [];
}

async function create(api: Api, name: string, claim: Claim, made: Class, node: string): Promise<void> {
  const zone = (await api.get<KubernetesObject>(`/api/v1/nodes/${node}`))?.metadata.labels?.[ZONE];
  if (!zone) throw new Error(`node ${node} has no label ${ZONE}`);
  const folder = folderOf(name), image = `${folder}.img`, size = claim.spec.resources.requests.storage;
  await Deno.mkdir(folder, { recursive: true });
  await run("truncate", [`--size=${size.replace(/i$/, "")}`, image]);
  await run("mkfs.ext4", ["-q", "-m", "0", image]);
  await run("mount", ["-o", "loop", image, folder]);
  await api.send("POST", "/api/v1/persistentvolumes", {
    apiVersion: "v1",
    kind: "PersistentVolume",
    metadata: { name, annotations: { [PROVISIONED]: DRIVER } },
    spec: {
      capacity: { storage: size },
      accessModes: claim.spec.accessModes,
      storageClassName: made.metadata.name,
      persistentVolumeReclaimPolicy: made.reclaimPolicy ?? "Delete",
      claimRef: {
        apiVersion: "v1",
        kind: "PersistentVolumeClaim",
        namespace: claim.metadata.namespace,
        name: claim.metadata.name,
        uid: claim.metadata.uid,
      },
      local: { path: folder },
      nodeAffinity: {
        required: { nodeSelectorTerms: [{ matchExpressions: [{ key: ZONE, operator: "In", values: [zone] }] }] },
      },
    },
  });
  say(`${claim.metadata.namespace}/${claim.metadata.name}: ${name} of ${size} in ${zone}`);
}

/** Kubelet may still unmount it: then the next round tries again. */
async function discard(api: Api, name: string): Promise<void> {
  await run("umount", [folderOf(name)]).catch((error) => {
    if (!/not mounted|no mount point/.test(String(error))) throw error;
  });
  await remove(folderOf(name));
  await remove(`${folderOf(name)}.img`);
  await api.send("DELETE", `/api/v1/persistentvolumes/${name}`);
  say(`${name} is gone`);
}

if (import.meta.main) {
  const api = await connect();
  let running = true;
  Deno.addSignalListener("SIGTERM", () => {
    running = false;
  });
  while (running) {
    await round(api).catch((error) => say(error instanceof Error ? error.message : String(error)));
    await sleep(500);
  }
  api.close();
}
