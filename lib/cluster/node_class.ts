/** EC2NodeClass: how a pool's instances are made. */
import { CLUSTER, PINS } from "../core/pins.ts";
import type { KubeObject } from "../core/ports.ts";
import { gibOf } from "../core/units.ts";
import type { Pool } from "../plan/types.ts";
import { type PoolContext, runsBuilds } from "./pool_context.ts";
import { readObject } from "./templates.ts";

/** Bottlerocket's disk for images, logs and emptyDirs. */
const DATA_DISK = "/dev/xvdb";

/** MiB/s: images of many GiB are pulled or built here; gp3 allows it with its 3,000 IOPS. */
const FAST_THROUGHPUT = 600;

export function nodeClass(pool: Pool, context: PoolContext): KubeObject {
  const skeleton = readObject(context.templates["node-class.yaml"]);
  const discovery = [{ tags: { [CLUSTER.discoveryTag]: context.cluster } }];
  return {
    ...skeleton,
    metadata: { ...skeleton.metadata, name: pool.name },
    spec: {
      ...skeleton["spec"],
      // Karpenter takes the NVIDIA variant of the same version for instances with GPUs.
      amiSelectorTerms: [{ alias: PINS.bottlerocket }],
      role: context.nodeRoleName,
      subnetSelectorTerms: discovery,
      securityGroupSelectorTerms: discovery,
      blockDeviceMappings: disks(skeleton, pool, context),
      tags: { ...context.tags },
      ...(runsBuilds(pool, context) ? { userData: context.templates["build-userdata.toml"] } : {}),
      ...(pool.kind === "gpu" ? { instanceStorePolicy: "RAID0" } : {}),
      ...(pool.kind === "gpu" && pool.reservation
        ? { capacityReservationSelectorTerms: pool.reservation.ids.map((id) => ({ id })) }
        : {}),
    },
  };
}

interface Disk {
  readonly deviceName: string;
  readonly ebs: Readonly<Record<string, unknown>>;
}

function disks(skeleton: KubeObject, pool: Pool, context: PoolContext): Disk[] {
  const fast = pool.kind === "gpu" || runsBuilds(pool, context);
  return (skeleton["spec"].blockDeviceMappings as Disk[]).map((disk) => {
    if (disk.deviceName !== DATA_DISK) return disk;
    const ebs = { ...disk.ebs, volumeSize: `${gibOf(pool.disk)}Gi`, ...(fast ? { throughput: FAST_THROUGHPUT } : {}) };
    return { ...disk, ebs };
  });
}
