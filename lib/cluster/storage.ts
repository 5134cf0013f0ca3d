/** What pods mount: the class of EBS disks, and a volume and a claim for each bucket or file system. */
import { createHash } from "node:crypto";
import { KINDS, type Kube } from "../core/kube.ts";
import { CLUSTER } from "../core/pins.ts";
import { readObject } from "../core/templates.ts";
import type { Config, Volume } from "../plan/types.ts";
import type { ClusterTemplates } from "./templates.ts";

/** Namespaces of claims, the classes, the volumes and their claims. */
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

/** The user's: created if missing, without a mark of ours, so that nothing ever removes one. */
function namespaces(volumes: readonly Volume[]): Kube<"Namespace">[] {
  const names = new Set(volumes.flatMap(({ namespaces }) => namespaces));
  names.delete("default");
  return [...names].toSorted().map((name) => ({ ...KINDS.namespace, metadata: { name } }));
}

/** Its disks carry the tags of everything else that the cluster creates in AWS. */
function storageClass({ name, tags, ebsKey }: Config, templates: ClusterTemplates): Kube<"StorageClass"> {
  const object = readObject(templates["storage-class.yaml"], KINDS.storageClass);
  const all = Object.entries({ ...tags, [CLUSTER.clusterTag]: name }).sort(([a], [b]) => (a < b ? -1 : 1));
  const tagged = all.map(([key, value], at) => [`tagSpecification_${at + 1}`, `${key}=${value}`]);
  const key = ebsKey === null ? {} : { kmsKeyId: ebsKey };
  return { ...object, parameters: { ...object.parameters, ...key, ...Object.fromEntries(tagged) } };
}

function mounted(volume: Volume, namespace: string, cluster: string, templates: ClusterTemplates): Kube[] {
  const persistent = readObject(templates["volume.yaml"], KINDS.persistentVolume);
  const claim = readObject(templates["volume.yaml"], KINDS.persistentVolumeClaim, volume.name);
  const accessModes = [volume.kind === "bucket" ? "ReadOnlyMany" : "ReadWriteMany"];
  const mount = { accessModes, ...source(volume) };
  // No namespace has a dot in its name: the parts stay apart. A volume's source never changes: another one is another
  // volume, to which the claim moves before the old one goes.
  const hash = createHash("sha256").update(JSON.stringify(mount)).digest("hex").slice(0, 8);
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
    /** A bucket has none: the volume needs one of its own. */
    readonly volumeHandle?: string;
    readonly volumeAttributes?: Readonly<Record<string, string>>;
  };
}

/** As the examples of the drivers have it. */
function source(volume: Volume): Source {
  switch (volume.kind) {
    case "bucket":
      return {
        // Pods of any user may read. Mountpoint's own pods reach no instance metadata, which would tell the region.
        mountOptions: ["allow-other", "read-only", `region ${volume.region}`],
        csi: { driver: "s3.csi.aws.com", volumeAttributes: { bucketName: volume.bucket } },
      };
    case "efs":
      // Encrypted on the way, which is the driver's default.
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
