/** One ECR repository for each image. Retained when the stack is deleted, as images are the user's work. */
import { RemovalPolicy } from "aws-cdk-lib/core";
import { CfnRepository } from "aws-cdk-lib/aws-ecr";
import { Construct } from "constructs";
import { lifecycleText, repositorySettings } from "../lib/core/facts/repositories.ts";
import { answer } from "./answers.ts";
import type { Image } from "../lib/plan/types.ts";

export class Repositories extends Construct {
  constructor(scope: Construct, id: string, images: readonly Image[]) {
    super(scope, id);
    for (const [name, sharing] of byRepository(images)) {
      const settings = repositorySettings(sharing);
      // The id is the repository's name, so that renaming an image, or moving it to another repository, replaces none.
      const repository = new CfnRepository(this, name.replaceAll("/", "."), {
        repositoryName: name,
        imageTagMutability: settings.tagMutability,
        imageTagMutabilityExclusionFilters: settings.movingTags.map((filter) => ({
          imageTagMutabilityExclusionFilterType: "WILDCARD",
          imageTagMutabilityExclusionFilterValue: filter,
        })),
        imageScanningConfiguration: { scanOnPush: settings.scanOnPush },
        encryptionConfiguration: { encryptionType: settings.encryption },
        lifecyclePolicy: { lifecyclePolicyText: lifecycleText(settings.lifecycle) },
      });
      repository.applyRemovalPolicy(RemovalPolicy.RETAIN);
      answer(
        repository,
        "Encrypted by ECR's own key; a KMS key would cost every pull a request and guard nothing more",
        "CKV_AWS_136",
      );
      answer(repository, "Immutable but for the tags that builds and the config declare as moving", "CKV_AWS_51");
    }
  }
}

function byRepository(images: readonly Image[]): [string, Image[]][] {
  const groups = Map.groupBy(images, (image) => image.repository);
  return [...groups].sort(([a], [b]) => a < b ? -1 : 1);
}
