/** Volumes of EBS's type gp3: what AWS lets one have, and what nodes are given where images are large. */

/** MiB/s. */
export const GP3_THROUGHPUT = { least: 125, most: 2000 } as const;
export const GP3_IOPS = { least: 3000, most: 80_000 } as const;
/** A volume has at most a quarter of a MiB/s for each of its IOPS. */
export const IOPS_PER_MIBS = 4;

/**
 * MiB/s of disks on which images of many GiB are unpacked: of GPU nodes and of builders. Below it, pulling in parallel is
 * slower than containerd (`nodeadm/doc/examples.md` of amazon-eks-ami).
 */
export const FAST_THROUGHPUT = 600;
