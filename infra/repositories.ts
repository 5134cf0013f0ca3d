/** One ECR repository an image. Retained when the stack goes: images are the user's work, not ours to delete. */
import { RemovalPolicy } from "aws-cdk-lib/core";
import { CfnRepository } from "aws-cdk-lib/aws-ecr";
import { Construct } from "constructs";
import { answer } from "./answers.ts";
import type { Image } from "../lib/plan/types.ts";

/** Tags that builds move by themselves; of ECR's five filters the rest is for tags declared `moves: true`. */
const MOVING = ["src-*", "buildcache*"];
const KEPT_SOURCES = 20;
const UNTAGGED_DAYS = 7;

export class Repositories extends Construct {
  constructor(scope: Construct, id: string, images: readonly Image[]) {
    super(scope, id);
    for (const [name, sharing] of byRepository(images)) {
      // The id is the repository's name: an image may be renamed, or move to another repository, and none is replaced.
      const repository = new CfnRepository(this, name.replaceAll("/", "."), {
        repositoryName: name,
        imageTagMutability: "IMMUTABLE_WITH_EXCLUSION",
        imageTagMutabilityExclusionFilters: movingTags(sharing).map((filter) => ({
          imageTagMutabilityExclusionFilterType: "WILDCARD",
          imageTagMutabilityExclusionFilterValue: filter,
        })),
        imageScanningConfiguration: { scanOnPush: true },
        encryptionConfiguration: { encryptionType: "AES256" },
        lifecyclePolicy: { lifecyclePolicyText: JSON.stringify({ rules: lifecycle(sharing) }) },
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

function movingTags(images: readonly Image[]): string[] {
  return [...new Set([...MOVING, ...declaredTags(images, (moves) => moves)])];
}

function declaredTags(images: readonly Image[], wanted: (moves: boolean) => boolean): string[] {
  return images.flatMap((image) => image.tags).filter((tag) => wanted(tag.moves)).map((tag) => tag.name).sort();
}

/** Several platforms have a tag each, besides the one that joins them. */
function tagsOfBuild(images: readonly Image[]): number {
  return Math.max(...images.map(({ platforms }) => platforms.length > 1 ? platforms.length + 1 : 1));
}

/**
 * ECR expires an image when any of its tags matches a rule, so a released image would go with its old `src-` tag. But
 * a rule takes no image that a rule before it has matched: one rule for each declared tag, which one image at most can
 * hold, keeps that image for ever.
 */
function lifecycle(images: readonly Image[]): object[] {
  const keep = [...new Set(declaredTags(images, () => true))].map((tag) => ({
    description: `Keep ${tag}`,
    selection: { tagStatus: "tagged", tagPatternList: [tag], countType: "imageCountMoreThan", countNumber: 1 },
  }));
  const rules = [...keep, {
    description: `Keep the newest ${KEPT_SOURCES} builds`,
    selection: {
      tagStatus: "tagged",
      tagPatternList: ["src-*"],
      countType: "imageCountMoreThan",
      countNumber: KEPT_SOURCES * tagsOfBuild(images),
    },
  }, {
    description: `Expire what lost its tag ${UNTAGGED_DAYS} days after its push`,
    selection: {
      tagStatus: "untagged",
      countType: "sinceImagePushed",
      countUnit: "days",
      countNumber: UNTAGGED_DAYS,
    },
  }];
  return rules.map((rule, index) => ({ rulePriority: index + 1, ...rule, action: { type: "expire" } }));
}
