/** EBS volumes of type gp3: the limits of AWS, and the throughput of nodes that unpack large images. */

/** MiB/s. */
export const GP3_THROUGHPUT = { least: 125, most: 2000 } as const;
export const GP3_IOPS = { least: 3000, most: 80_000 } as const;
/** A volume has at most a quarter of a MiB/s for each IOPS. */
export const IOPS_PER_MIBS = 4;

/**
 * MiB/s of the disks of GPU nodes and builders, which unpack images of many GiB. With less, pulling in parallel is
 * slower than containerd (`nodeadm/doc/examples.md` of amazon-eks-ami).
 */
export const FAST_THROUGHPUT = 600;
