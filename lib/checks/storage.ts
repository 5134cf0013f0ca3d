/** Before anything is created: can the pods of every pool mount the volumes in storage? Makes no requests. */
import { isBottlerocket } from "../core/facts/kubernetes.ts";
import type { Finding } from "../core/findings.ts";
import type { Config, Volume } from "../plan/types.ts";
import type { Check } from "./check.ts";

const CODE = "STORAGE";

export const storage: Check = {
  code: CODE,
  of: ["infra", "pools"],
  refusal: (name) => `Cannot mount the storage of ${name}`,
  run: ({ config }) => Promise.resolve([...lustreFindings(config), ...farBuckets(config)]),
};

/** Bottlerocket's kernel includes the Lustre client; AL2023 has a package for it, which EKS's images do not include. */
function lustreFindings({ storage: { volumes }, pools }: Config): Finding[] {
  const [first] = volumes.filter(({ kind }) => kind === "fsx");
  if (!first) return [];
  return pools.filter((pool) => {
    return !isBottlerocket(pool.ami) && pool.userData === null && !(pool.kind === "cpu" && pool.builder);
  }).map(({ name }) => ({
    code: CODE,
    severity: "warning",
    path: `storage.fsx.${first.name}`,
    message: `cannot be mounted in pool "${name}": its nodes run AL2023, whose images do not include the Lustre client`,
    hint: `use Bottlerocket, or run "dnf install -y lustre-client" in the userData of pools.${name}`,
  }));
}

/** Without a way to the Internet, nodes reach S3 through an endpoint, which serves only the cluster's region. */
function farBuckets({ storage: { volumes }, network, region }: Config): Finding[] {
  if (!network.isolated) return [];
  const far = (volume: Volume) => volume.kind === "bucket" && volume.region !== region ? [volume] : [];
  return volumes.flatMap(far).map(({ name, region: home }) => ({
    code: CODE,
    severity: "warning",
    path: `storage.buckets.${name}.region`,
    message:
      `cannot be reached without a way to the Internet: the S3 endpoint serves ${region}, the bucket is in ${home}`,
    hint: "replicate the bucket, or give the nodes a way to the Internet",
  }));
}
