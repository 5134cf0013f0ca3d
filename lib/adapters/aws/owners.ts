/** Whose resources of AWS are, by their tags. */
import { DescribeChangeSetCommand, paginateListChangeSets, paginateListStacks } from "@aws-sdk/client-cloudformation";
import { ListTagsForResourceCommand } from "@aws-sdk/client-ecr";
import { GetBucketTaggingCommand } from "@aws-sdk/client-s3";
import { messageOf, UnituneError } from "../../core/errors.ts";
import type { Identity, OwnersPort, Tags } from "../../core/ports.ts";
import type { Clients } from "./clients.ts";
import { calling, callingOrNull, isAwsError } from "./errors.ts";
import { itemsOf } from "./pages.ts";
import { StackReads } from "./stack_reads.ts";

/** `place`: the account and partition of the credentials. */
export function owners(clients: Clients, place: () => Promise<Pick<Identity, "account" | "partition">>): OwnersPort {
  return {
    stack: (name) => calling("cloudformation:DescribeStacks", name, () => stackTags(clients, name)),
    hadStack: (name, tags) => calling("cloudformation:ListStacks", name, () => hadStack(clients, name, tags)),
    repository: (name) =>
      callingOrNull("ecr:ListTagsForResource", name, ["RepositoryNotFoundException"], async () => {
        const { partition, account } = await place();
        const resourceArn = `arn:${partition}:ecr:${clients.region}:${account}:repository/${name}`;
        return tagsOf((await (await clients.ecr()).send(new ListTagsForResourceCommand({ resourceArn }))).tags);
      }),
    bucket: (name, account) => bucketTags(clients, name, account),
  };
}

interface Tag {
  readonly Key?: string | undefined;
  readonly Value?: string | undefined;
}

function tagsOf(tags: readonly Tag[] = []): Tags {
  return Object.fromEntries(tags.map(({ Key = "", Value = "" }) => [Key, Value]));
}

async function stackTags(clients: Clients, StackName: string): Promise<Tags | null> {
  const stack = await StackReads.of(clients).recent(StackName);
  if (!stack) return null;
  const tags = tagsOf(stack.Tags);
  if (stack.StackStatus !== "REVIEW_IN_PROGRESS" || Object.keys(tags).length > 0) return tags;
  return await tagsInReview(clients, StackName);
}

/**
 * A stack in review holds nothing, and has no tags until its change set runs: those of the change set count. Without
 * one it is an empty shell of a run that was interrupted.
 */
async function tagsInReview(clients: Clients, StackName: string): Promise<Tags | null> {
  const client = await clients.cloudFormation();
  const sets = await itemsOf(paginateListChangeSets({ client }, { StackName }), ({ Summaries }) => Summaries);
  const [first] = sets;
  if (!first) return null;
  return tagsOf(
    (await client.send(new DescribeChangeSetCommand({ ChangeSetName: first.ChangeSetId, StackName }))).Tags,
  );
}

async function hadStack(clients: Clients, name: string, wanted: Tags): Promise<boolean> {
  const client = await clients.cloudFormation(), StackStatusFilter = ["DELETE_COMPLETE" as const];
  const all = await itemsOf(paginateListStacks({ client }, { StackStatusFilter }), (page) => page.StackSummaries);
  for (const { StackName, StackId = "" } of all) {
    if (StackName !== name) continue;
    const tags = tagsOf((await StackReads.of(clients).now(StackId))?.Tags);
    if (Object.entries(wanted).every(([key, value]) => tags[key] === value)) return true;
  }
  return false;
}

/** S3 answers "access denied" for a bucket of another account, and for a missing permission alike. */
async function bucketTags(clients: Clients, Bucket: string, ExpectedBucketOwner: string): Promise<Tags | null> {
  try {
    const client = await clients.s3();
    return tagsOf((await client.send(new GetBucketTaggingCommand({ Bucket, ExpectedBucketOwner }))).TagSet);
  } catch (error) {
    if (isAwsError(error, "NoSuchBucket")) return null;
    if (isAwsError(error, "NoSuchTagSet")) return {};
    return await calling("s3:GetBucketTagging", Bucket, () => Promise.reject(error)).catch((failure) => {
      if (failure.code !== "AWS_DENIED") throw failure;
      throw new UnituneError("AWS_DENIED", messageOf(failure), {
        path: Bucket,
        hint: `Get permission for s3:GetBucketTagging, if the bucket belongs to account ${ExpectedBucketOwner}`,
        cause: error,
      });
    });
  }
}
