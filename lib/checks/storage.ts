/** Before anything is created: can the pods of every pool mount what storage names? Asks nobody. */
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

/** Bottlerocket has Lustre's client in its kernel; AL2023 has it as a package, which EKS's images do not hold. */
function lustreFindings({ storage: { volumes }, pools }: Config): Finding[] {
  const [first] = volumes.filter(({ kind }) => kind === "fsx");
  if (!first) return [];
  return pools.filter((pool) => {
    return !isBottlerocket(pool.ami) && pool.userData === null && !(pool.kind === "cpu" && pool.builder);
  }).map(({ name }) => ({
    code: CODE,
    severity: "warning",
    path: `storage.fsx.${first.name}`,
    message: `cannot be mounted in pool "${name}": its nodes run AL2023, whose images come without Lustre's client`,
    hint: `use Bottlerocket, or run "dnf install -y lustre-client" by the userData of pools.${name}`,
  }));
}

/** Without a way to the Internet S3 is reached by an endpoint, which serves the cluster's region alone. */
function farBuckets({ storage: { volumes }, network, region }: Config): Finding[] {
  if (!network.isolated) return [];
  const far = (volume: Volume) => volume.kind === "bucket" && volume.region !== region ? [volume] : [];
  return volumes.flatMap(far).map(({ name, region: there }) => ({
    code: CODE,
    severity: "warning",
    path: `storage.buckets.${name}.region`,
    message:
      `cannot be reached without a way to the Internet: the endpoint of S3 serves ${region}, the bucket is in ${there}`,
    hint: "replicate the bucket, or give the nodes a way to the Internet",
  }));
}
