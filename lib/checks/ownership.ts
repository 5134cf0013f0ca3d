/** Before anything is changed: whose are the stacks, the cluster, the repositories and the bucket of these names? */
import { errors, type Finding } from "../core/findings.ts";
import { stackName } from "../core/names.ts";
import type { Ports, Tags } from "../core/ports.ts";
import { type Claimed, foreign } from "../plan/ownership.ts";
import { stackKinds } from "../plan/stacks.ts";
import type { Config } from "../plan/types.ts";
import { type Check, type CheckInput, Reader } from "./check.ts";

const CODE = "AWS_NOT_OURS";
const OTHER_NAME = "choose another `name` in the config";

type Asked = Pick<CheckInput, "config" | "cluster" | "identity" | "bucket"> & { readonly ports: Pick<Ports, "owners"> };

export const ownership: Check = {
  code: CODE,
  of: ["infra", "pools", "images"],
  refusal: (name, count) => `Cannot go on with ${name} as ${count} of its resources are not this project's`,
  run: async (input) => {
    const reader = new Reader(CODE);
    const read: Read = (action, what, request) => reader.read(action, `whose ${what} is`, request);
    return [...await foreignResources(input, read), ...reader.notes];
  },
};

/** Asks for a resource; what happens if the request is denied is up to the caller. */
type Read = <T>(action: string, what: string, request: () => Promise<T>) => Promise<T | null>;

/** The same just before a change, where an answer is required. `destroy` uses no name of a repository. */
export async function requiredOwnership(input: Asked, repositories: boolean): Promise<Finding[]> {
  return await foreignResources(input, (_action, _what, request) => request(), repositories);
}

async function foreignResources(input: Asked, read: Read, repositories = true): Promise<Finding[]> {
  const { config, ports: { owners }, identity, bucket } = input, { name, region } = config;
  const found = await Promise.all([
    ...[...stackKinds(config)].map((kind) => ofStack(stackName(name, kind), region, owners)),
    ofCluster(input),
    ...bucket === null ? [] : [ofBucket(bucket, () => owners.bucket(bucket, identity.account), read)],
    ...repositories ? repositoriesOf(config).map((one) => ofRepository(one, region, owners, read)) : [],
  ]);
  return errors(CODE, foreign(name, found.flat()));
}

async function ofStack(stack: string, region: string, owners: Ports["owners"]): Promise<Claimed[]> {
  return claimed(await owners.stack(stack), {
    what: `stack ${stack}`,
    path: "name",
    show: `aws cloudformation describe-stacks --region ${region} --stack-name ${stack}`,
    instead: OTHER_NAME,
  });
}

function ofCluster({ cluster, config: { name, region } }: Asked): Claimed[] {
  return claimed(cluster && cluster.tags, {
    what: `EKS cluster ${name}`,
    path: "name",
    show: `aws eks describe-cluster --region ${region} --name ${name}`,
    instead: OTHER_NAME,
  });
}

async function ofBucket(bucket: string, request: () => Promise<Tags | null>, read: Read): Promise<Claimed[]> {
  const tags = await read("s3:GetBucketTagging", `bucket ${bucket}`, request);
  // The stack's own output names it, and it is in this account: that is enough for a bucket without any tag.
  return claimed(tags && Object.keys(tags).length > 0 ? tags : null, {
    what: `bucket ${bucket}`,
    path: bucket,
    show: `aws s3api get-bucket-tagging --bucket ${bucket}`,
    instead: "the stack's own bucket of build contexts is gone: remove the other one, or delete the stack by hand",
  });
}

interface Repository {
  readonly repository: string;
  readonly path: string;
}

/** Each repository once, with the first image that names it. */
function repositoriesOf({ images }: Config): Repository[] {
  return [...Map.groupBy(images, ({ repository }) => repository)].map(([repository, [first]]) => {
    return { repository, path: `images.${first!.name}.repository` };
  });
}

async function ofRepository(
  { repository, path }: Repository,
  region: string,
  owners: Ports["owners"],
  read: Read,
): Promise<Claimed[]> {
  const request = () => owners.repository(repository);
  return claimed(await read("ecr:ListTagsForResource", `repository ${repository}`, request), {
    what: `repository ${repository}`,
    path,
    show: `aws ecr describe-repositories --region ${region} --repository-names ${repository}`,
    instead: "name another repository, or tag this one yourself if it is meant for this project",
  });
}

function claimed(tags: Tags | null, resource: Omit<Claimed, "tags">): Claimed[] {
  return tags ? [{ ...resource, tags }] : [];
}
