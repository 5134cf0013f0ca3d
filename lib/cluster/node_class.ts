/** EC2NodeClass: how Karpenter launches a pool's instances. */
import { FAST_THROUGHPUT } from "../core/facts/gp3.ts";
import { isBottlerocket } from "../core/facts/kubernetes.ts";
import { CLUSTER, KNOWN_AFTER_APPLY } from "../core/pins.ts";
import type { BlockDevice, EC2NodeClass, ReservationTerm } from "../core/karpenter.ts";
import { KINDS, type Kube } from "../core/kube.ts";
import { readObject } from "../core/templates.ts";
import { gibOf } from "../core/units.ts";
import type { GpuPool, Pool, Reservation } from "../plan/types.ts";
import { type PoolInputs, runsBuilds } from "./pool_inputs.ts";
import { userData } from "./user_data.ts";

type Spec = EC2NodeClass["spec"];

export function nodeClass(pool: Pool, context: PoolInputs): Kube<"EC2NodeClass"> {
  const template = readObject(context.templates["node-class.yaml"], KINDS.nodeClass, pool.name);
  const atBoot = userData(pool, context.templates);
  const discovery = [{ tags: { [CLUSTER.discoveryTag]: context.cluster } }];
  return {
    ...template,
    spec: {
      metadataOptions: template.spec.metadataOptions,
      blockDeviceMappings: disks(template, pool, context),
      // For instances with GPUs Karpenter chooses the NVIDIA variant of the same version.
      amiSelectorTerms: [{ alias: pool.ami }],
      // Karpenter creates the profile of a role, for which it must reach IAM.
      ...(context.network.isolated ? { instanceProfile: context.nodeProfileName } : { role: context.nodeRoleName }),
      subnetSelectorTerms: context.network.kind === "existing"
        ? context.network.privateSubnets.map((id) => ({ id }))
        : discovery,
      securityGroupSelectorTerms: discovery,
      tags: { ...context.tags },
      ...(atBoot === null ? {} : { userData: atBoot }),
      ...(pool.instanceStore === "raid0" ? { instanceStorePolicy: "RAID0" } : {}),
      ...(pool.kind === "gpu" ? launch(pool, context) : {}),
    },
  };
}

/** How a GPU pool's instances are launched, where that differs from the defaults. */
function launch(pool: GpuPool, context: PoolInputs): Partial<Spec> {
  const { reservation, networkInterfaces, placementGroup } = pool;
  return {
    ...(reservation ? { capacityReservationSelectorTerms: reservationTerms(reservation) } : {}),
    ...(networkInterfaces.length > 0 ? { networkInterfaces } : {}),
    ...(placementGroup === null ? {} : {
      placementGroupSelector: placementGroup === "cluster"
        ? { name: context.placementGroups[pool.name] ?? KNOWN_AFTER_APPLY }
        : placementGroup,
    }),
  };
}

function reservationTerms(reservation: Reservation): ReservationTerm[] {
  if ("ids" in reservation) return reservation.ids.map((id) => ({ id }));
  const { tags, owner } = reservation;
  return [{ tags: { ...tags }, ...(owner === null ? {} : { ownerID: owner }) }];
}

/** Bottlerocket has one disk for the system and one for data, AL2023 has one for both. */
function disks({ spec }: Kube<"EC2NodeClass">, pool: Pool, context: PoolInputs): BlockDevice[] {
  const [system, data] = spec.blockDeviceMappings.map((disk) => {
    return context.ebsKey === null ? disk : { ...disk, ebs: { ...disk.ebs, kmsKeyID: context.ebsKey } };
  }) as [BlockDevice, BlockDevice];
  const throughput = pool.diskThroughput ?? (runsBuilds(pool, context) ? FAST_THROUGHPUT : null);
  const ebs = {
    ...data.ebs,
    volumeSize: `${gibOf(pool.disk)}Gi`,
    ...(throughput === null ? {} : { throughput }),
    ...(pool.diskIops === null ? {} : { iops: pool.diskIops }),
  };
  return isBottlerocket(pool.ami) ? [system, { ...data, ebs }] : [{ ...system, ebs }];
}
