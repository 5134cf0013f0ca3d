import {
  BatchGetImageCommand,
  CreateRepositoryCommand,
  DeleteRepositoryCommand,
  DescribeImagesCommand,
  type ECRClient,
  ListTagsForResourceCommand,
  paginateDescribeRepositories,
  PutImageCommand,
} from "@aws-sdk/client-ecr";
import { CLUSTER } from "../../core/pins.ts";
import type { RegistryPort } from "../../core/ports.ts";
import type { Clients } from "./clients.ts";
import { calling, callingOrNull } from "./errors.ts";

const ABSENT = ["ImageNotFoundException", "RepositoryNotFoundException"];
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
        const { imageDigest: digest, imageTags: tags = [], imagePushedAt } = image;
        return { digest, tags, pushedAt: imagePushedAt?.getTime() ?? 0 };
      }),
    manifest: (repositoryName, reference) =>
      callingOrNull("ecr:BatchGetImage", `${repositoryName}@${reference}`, ABSENT, async () => {
        const id = reference.startsWith("sha256:") ? { imageDigest: reference } : { imageTag: reference };
        const command = new BatchGetImageCommand({ repositoryName, imageIds: [id], acceptedMediaTypes: MEDIA_TYPES });
        const image = (await (await clients.ecr()).send(command)).images?.[0];
        return image?.imageManifest
          ? { mediaType: image.imageManifestMediaType ?? MEDIA_TYPES[0]!, body: image.imageManifest }
          : null;
      }),
    putManifest: (repositoryName, imageTag, { mediaType, body }) =>
      calling("ecr:PutImage", `${repositoryName}:${imageTag}`, async () => {
        const { image } = await (await clients.ecr()).send(
          new PutImageCommand({ repositoryName, imageTag, imageManifest: body, imageManifestMediaType: mediaType }),
        );
        return { digest: image?.imageId?.imageDigest ?? "" };
      }),
    repositories: (cluster) =>
      calling("ecr:DescribeRepositories", cluster, async () => ours(await clients.ecr(), cluster)),
    ensureRepository: async (repositoryName, cluster) => {
      const made = await callingOrNull(
        "ecr:CreateRepository",
        repositoryName,
        ["RepositoryAlreadyExistsException"],
        async () => {
          const tags = [{ Key: CLUSTER.clusterTag, Value: cluster }];
          const scan = { imageScanningConfiguration: { scanOnPush: true }, imageTagMutability: "MUTABLE" as const };
          return await (await clients.ecr()).send(new CreateRepositoryCommand({ repositoryName, tags, ...scan }));
        },
      );
      return made !== null;
    },
    removeRepository: async (repositoryName) => {
      const removed = await callingOrNull("ecr:DeleteRepository", repositoryName, ABSENT, async () => {
        return await (await clients.ecr()).send(new DeleteRepositoryCommand({ repositoryName, force: true }));
      });
      return removed !== null;
    },
  };
}

/** ECR cannot list by tag: each repository is asked for its tags. */
async function ours(client: ECRClient, cluster: string): Promise<string[]> {
  const found: string[] = [];
  for await (const page of paginateDescribeRepositories({ client }, {})) {
    for (const { repositoryArn: resourceArn, repositoryName } of page.repositories ?? []) {
      const { tags } = await client.send(new ListTagsForResourceCommand({ resourceArn }));
      if (tags?.some(({ Key, Value }) => Key === CLUSTER.clusterTag && Value === cluster)) found.push(repositoryName!);
    }
  }
  return found.sort();
}
