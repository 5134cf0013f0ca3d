/**
 * The registries that hold EKS's images: one in each region; newer regions and other partitions have an account of
 * their own. A node pulls with the rights of its role, which do not reach into another partition.
 *
 * Source: "View Amazon container image registries for Amazon EKS add-ons" in the EKS user guide; for mx-central-1, and
 * the host of ap-east-2 that the guide misspells, `get-ecr-uri.sh` of EKS's machine images (awslabs/amazon-eks-ami).
 */
import { registryHost } from "../names.ts";

/** Regions that are enabled by default: one account serves them all. */
const COMMON = "602401143452";

const ACCOUNTS: Readonly<Record<string, string>> = {
  "af-south-1": "877085696533",
  "ap-east-1": "800184023465",
  "ap-east-2": "533267051163",
  "ap-northeast-1": COMMON,
  "ap-northeast-2": COMMON,
  "ap-northeast-3": COMMON,
  "ap-south-1": COMMON,
  "ap-south-2": "900889452093",
  "ap-southeast-1": COMMON,
  "ap-southeast-2": COMMON,
  "ap-southeast-3": "296578399912",
  "ap-southeast-4": "491585149902",
  "ap-southeast-5": "151610086707",
  "ap-southeast-6": "333609536671",
  "ap-southeast-7": "121268973566",
  "ca-central-1": COMMON,
  "ca-west-1": "761377655185",
  "cn-north-1": "918309763551",
  "cn-northwest-1": "961992271922",
  "eu-central-1": COMMON,
  "eu-central-2": "900612956339",
  "eu-north-1": COMMON,
  "eu-south-1": "590381155156",
  "eu-south-2": "455263428931",
  "eu-west-1": COMMON,
  "eu-west-2": COMMON,
  "eu-west-3": COMMON,
  "il-central-1": "066635153087",
  "me-central-1": "759879836304",
  "me-south-1": "558608220178",
  "mx-central-1": "730335286997",
  "sa-east-1": COMMON,
  "us-east-1": COMMON,
  "us-east-2": COMMON,
  "us-gov-east-1": "151742754352",
  "us-gov-west-1": "013241004608",
  "us-west-1": COMMON,
  "us-west-2": COMMON,
};

/** Host of the region's registry of EKS images; `null` for a region that this release does not know. */
export function eksImageRegistry(region: string): string | null {
  const account = Object.hasOwn(ACCOUNTS, region) ? ACCOUNTS[region] : undefined;
  return account === undefined ? null : registryHost(account, region);
}
