/** What pods mount: the StorageClass of EBS disks, and a volume and a claim for each bucket or file system. */
import { sha256 } from "../core/hash.ts";
import { KINDS, type Kube } from "../core/kube.ts";
import { sortedEntries } from "../core/order.ts";
import { CLUSTER } from "../core/pins.ts";
import { readObject } from "../core/templates.ts";
import type { Config, Volume } from "../plan/types.ts";
import type { ClusterTemplates } from "./templates.ts";

/** The namespaces of claims, the StorageClass, the volumes and their claims. */
export function storageObjects(config: Config, templates: ClusterTemplates): Kube[] {
  const { storage: { ebs, volumes } } = config;
  return [
    ...namespaces(volumes),
    ...ebs ? [storageClass(config, templates)] : [],
    ...volumes.flatMap((volume) => {
      return volume.namespaces.flatMap((namespace) => mounted(volume, namespace, config.name, templates));
    }),
  ];
}

/** The user's own: created if missing, and without unitune's label, so that unitune never deletes one. */
function namespaces(volumes: readonly Volume[]): Kube<"Namespace">[] {
  const names = new Set(volumes.flatMap(({ namespaces }) => namespaces));
  names.delete("default");
  return [...names].toSorted().map((name) => ({ ...KINDS.namespace, metadata: { name } }));
}

function storageClass(config: Config, templates: ClusterTemplates): Kube<"StorageClass"> {
  const object = readObject(templates["storage-class.yaml"], KINDS.storageClass);
  return { ...object, parameters: { ...object.parameters, ...diskParameters(config) } };
}

/** The key of disks, and the tags of everything else that the cluster creates in AWS. */
export function diskParameters({ name, tags, ebsKey }: Config): Readonly<Record<string, string>> {
  const all = sortedEntries({ ...tags, [CLUSTER.clusterTag]: name });
  const tagged = all.map(([key, value], at) => [`tagSpecification_${at + 1}`, `${key}=${value}`]);
  return { ...(ebsKey !== null && { kmsKeyId: ebsKey }), ...Object.fromEntries(tagged) };
}

function mounted(volume: Volume, namespace: string, cluster: string, templates: ClusterTemplates): Kube[] {
  const persistent = readObject(templates["volume.yaml"], KINDS.persistentVolume);
  const claim = readObject(templates["volume.yaml"], KINDS.persistentVolumeClaim, volume.name);
  const accessModes = [volume.kind === "bucket" ? "ReadOnlyMany" : "ReadWriteMany"];
  const mount = { accessModes, ...source(volume) };
  // A dot separates the parts, as no namespace has one in its name. The source of a volume never changes: for another
  // source there is another volume, and the claim moves to it before the old volume is deleted.
  const hash = sha256(JSON.stringify(mount)).slice(0, 8);
  const name = `${namespace}.${volume.name}.${hash}`;
  const csi = { ...mount.csi, volumeHandle: mount.csi.volumeHandle ?? `${cluster}.${name}` };
  return [
    {
      ...persistent,
      metadata: { ...persistent.metadata, name },
      spec: {
        ...persistent.spec,
        claimRef: { ...persistent.spec?.claimRef, namespace, name: volume.name },
        ...mount,
        csi,
      },
    },
    {
      ...claim,
      metadata: { ...claim.metadata, namespace },
      spec: { ...claim.spec, accessModes, volumeName: name },
    },
  ];
}

interface Source {
  readonly mountOptions?: readonly string[];
  readonly csi: {
    readonly driver: string;
    /** Of a file system, its id. A bucket has none, and its volume gets a unique one. */
    readonly volumeHandle?: string;
    readonly volumeAttributes?: Readonly<Record<string, string>>;
  };
}

/** As in the examples of the drivers. */
function source(volume: Volume): Source {
  switch (volume.kind) {
    case "bucket":
      return {
        // Pods of any user may read. Mountpoint's pods cannot read the region from the instance metadata.
        mountOptions: ["allow-other", "read-only", `region ${volume.region}`],
        csi: { driver: "s3.csi.aws.com", volumeAttributes: { bucketName: volume.bucket } },
      };
    case "efs":
      // Encrypted in transit, which is the driver's default.
      return { csi: { driver: "efs.csi.aws.com", volumeHandle: volume.id } };
    case "fsx":
      return {
        mountOptions: ["flock"],
        csi: {
          driver: "fsx.csi.aws.com",
          volumeHandle: volume.id,
          volumeAttributes: { dnsname: volume.dnsName, mountname: volume.mountName },
        },
      };
    default:
      return volume satisfies never;
  }
}
