import { createHash } from "node:crypto";
import {
  BatchGetImageCommand,
  CreateRepositoryCommand,
  DeleteRepositoryCommand,
  DescribeImagesCommand,
  DescribeRepositoriesCommand,
  type ECRClient,
  GetLifecyclePolicyCommand,
  type ImageDetail,
  ListTagsForResourceCommand,
  paginateDescribeImages,
  paginateDescribeRepositories,
  PutImageCommand,
  PutLifecyclePolicyCommand,
} from "@aws-sdk/client-ecr";
import { UnituneError } from "../../core/errors.ts";
import { renewedLifecycle, type RepositorySettings } from "../../core/facts/repositories.ts";
import { isSourceTag } from "../../core/names.ts";
import { CLUSTER } from "../../core/pins.ts";
import type { RegistryPort } from "../../core/ports.ts";
import type { Clients } from "./clients.ts";
import { calling, callingOrNull, isAwsError } from "./errors.ts";
import { itemsOf } from "./pages.ts";

const ABSENT = ["ImageNotFoundException", "RepositoryNotFoundException"];
const NO_POLICY = "LifecyclePolicyNotFoundException";
const EXISTS = "RepositoryAlreadyExistsException";
const MEDIA_TYPES = [
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.docker.distribution.manifest.v2+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
];

export function registry(clients: Clients): RegistryPort {
  return {
    find: (repositoryName, imageTag) =>
      callingOrNull("ecr:DescribeImages", `${repositoryName}:${imageTag}`, ABSENT, async () => {
        const command = new DescribeImagesCommand({ repositoryName, imageIds: [{ imageTag }] });
        const image = (await (await clients.ecr()).send(command)).imageDetails?.[0];
        if (!image?.imageDigest) return null;
        const { imageDigest: digest, imageTags: tags = [], imagePushedAt, imageSizeInBytes: bytes = null } = image;
        return { digest, tags, pushedAt: imagePushedAt?.getTime() ?? 0, bytes };
      }),
    newest: (repositoryName) =>
      callingOrNull("ecr:DescribeImages", repositoryName, ABSENT, async () => {
        return newestBuild(await imagesOf(await clients.ecr(), repositoryName));
      }),
    manifest: (repositoryName, reference) =>
      callingOrNull("ecr:BatchGetImage", `${repositoryName}@${reference}`, ABSENT, async () => {
        const id = reference.startsWith("sha256:") ? { imageDigest: reference } : { imageTag: reference };
        const command = new BatchGetImageCommand({ repositoryName, imageIds: [id], acceptedMediaTypes: MEDIA_TYPES });
        const image = (await (await clients.ecr()).send(command)).images?.[0];
        if (!image?.imageManifest) return null;
        const { imageManifest: body, imageManifestMediaType: mediaType = MEDIA_TYPES[0]! } = image;
        return { digest: image.imageId?.imageDigest ?? digestOf(body), mediaType, body };
      }),
    putManifest: (repository, tag, manifest) => putManifest(clients, repository, tag, manifest),
    repositories: (cluster) =>
      calling("ecr:DescribeRepositories", cluster, async () => ours(await clients.ecr(), cluster)),
    ensureRepository: (repositoryName, cluster, settings) =>
      ensureRepository(clients, repositoryName, cluster, settings),
    removeRepository: async (repositoryName) => {
      const removed = await callingOrNull("ecr:DeleteRepository", repositoryName, ABSENT, async () => {
        return await (await clients.ecr()).send(new DeleteRepositoryCommand({ repositoryName, force: true }));
      });
      return removed !== null;
    },
  };
}

function digestOf(body: string): string {
  return `sha256:${createHash("sha256").update(body).digest("hex")}`;
}

function putManifest(
  clients: Clients,
  repositoryName: string,
  imageTag: string,
  { mediaType, body }: { readonly mediaType: string; readonly body: string },
): Promise<{ digest: string }> {
  return calling("ecr:PutImage", `${repositoryName}:${imageTag}`, async () => {
    const digest = digestOf(body);
    const command = new PutImageCommand({
      repositoryName,
      imageTag,
      imageManifest: body,
      imageManifestMediaType: mediaType,
      imageDigest: digest,
    });
    // ECR refuses a manifest that it already holds with this tag, which is fine.
    await (await clients.ecr()).send(command).catch((error) => {
      if (!isAwsError(error, "ImageAlreadyExistsException")) throw error;
    });
    return { digest };
  });
}

async function ensureRepository(
  clients: Clients,
  repositoryName: string,
  cluster: string,
  settings: RepositorySettings,
): Promise<boolean> {
  const created = await callingOrNull("ecr:CreateRepository", repositoryName, [EXISTS], async () => {
    return await (await clients.ecr()).send(
      new CreateRepositoryCommand({
        repositoryName,
        tags: [{ Key: CLUSTER.clusterTag, Value: cluster }],
        imageScanningConfiguration: { scanOnPush: settings.scanOnPush },
        encryptionConfiguration: { encryptionType: settings.encryption },
        imageTagMutability: settings.tagMutability,
        imageTagMutabilityExclusionFilters: settings.movingTags.map((filter) => ({ filterType: "WILDCARD", filter })),
      }),
    );
  });
  if (!created) await refuseForeign(clients, repositoryName, cluster);
  await renewLifecycle(clients, repositoryName, settings);
  return created !== null;
}

/** Also for an existing repository: an earlier run may have been interrupted, and older versions set no policy. */
async function renewLifecycle(clients: Clients, repositoryName: string, settings: RepositorySettings): Promise<void> {
  const client = await clients.ecr();
  const existing = await callingOrNull("ecr:GetLifecyclePolicy", repositoryName, [NO_POLICY], async () => {
    return (await client.send(new GetLifecyclePolicyCommand({ repositoryName }))).lifecyclePolicyText ?? null;
  });
  const held = await calling("ecr:DescribeImages", repositoryName, () => tagsOf(client, repositoryName));
  const lifecyclePolicyText = renewedLifecycle(existing, held, settings);
  if (lifecyclePolicyText === null) return;
  await calling("ecr:PutLifecyclePolicy", repositoryName, () => {
    return client.send(new PutLifecyclePolicyCommand({ repositoryName, lifecyclePolicyText }));
  });
}

async function imagesOf(client: ECRClient, repositoryName: string): Promise<ImageDetail[]> {
  const filter = { tagStatus: "TAGGED" } as const;
  const pages = paginateDescribeImages({ client, pageSize: 1000 }, { repositoryName, filter });
  return await itemsOf(pages, ({ imageDetails }) => imageDetails);
}

async function tagsOf(client: ECRClient, repositoryName: string): Promise<string[]> {
  return (await imagesOf(client, repositoryName)).flatMap(({ imageTags = [] }) => imageTags);
}

/** A tag of one platform is not that of an image. */
function newestBuild(images: readonly ImageDetail[]): { digest: string; tag: string } | null {
  const builds = images.flatMap(({ imageDigest: digest, imageTags = [], imagePushedAt }) => {
    const tag = imageTags.find(isSourceTag);
    return digest && tag ? [{ digest, tag, at: imagePushedAt?.getTime() ?? 0 }] : [];
  });
  const [newest] = builds.sort((a, b) => b.at - a.at);
  return newest ? { digest: newest.digest, tag: newest.tag } : null;
}

/** Builders may push only to repositories of this cluster. Those of others must not be touched. */
async function refuseForeign(clients: Clients, repositoryName: string, cluster: string): Promise<void> {
  const client = await clients.ecr();
  const owner = await calling("ecr:ListTagsForResource", repositoryName, () => ownerByName(client, repositoryName));
  if (owner === cluster) return;
  throw new UnituneError(
    "REPOSITORY_FOREIGN",
    `Cannot use repository ${repositoryName} as its tag ${CLUSTER.clusterTag} must be ${cluster}: ` +
      (owner === undefined ? "it has none" : `current value is ${owner}`),
    {
      path: repositoryName,
      hint: "Choose another name, or tag the repository yourself if it is meant for this cluster",
    },
  );
}

async function ownerByName(client: ECRClient, name: string): Promise<string | undefined> {
  const { repositories } = await client.send(new DescribeRepositoriesCommand({ repositoryNames: [name] }));
  return await ownerOf(client, repositories?.[0]?.repositoryArn);
}

async function ownerOf(client: ECRClient, resourceArn: string | undefined): Promise<string | undefined> {
  const { tags = [] } = await client.send(new ListTagsForResourceCommand({ resourceArn }));
  return tags.find(({ Key }) => Key === CLUSTER.clusterTag)?.Value;
}

/** ECR cannot list repositories by tag, so the tags of each one are read. */
async function ours(client: ECRClient, cluster: string): Promise<string[]> {
  const found: string[] = [];
  const all = await itemsOf(paginateDescribeRepositories({ client }, {}), ({ repositories }) => repositories);
  for (const { repositoryArn, repositoryName } of all) {
    if (await ownerOf(client, repositoryArn) === cluster) found.push(repositoryName!);
  }
  return found.sort();
}
