/** The settings of image repositories, whether a stack creates them (for images in a config) or `deploy`. */

import { BUILD_TAGS } from "../names.ts";

/** What a repository needs to know about an image. */
interface StoredImage {
  readonly tags: readonly { readonly name: string; readonly moves: boolean }[];
  readonly platforms: readonly string[];
  readonly gitTags?: boolean;
}

interface LifecycleRule {
  readonly rulePriority: number;
  readonly description: string;
  readonly selection: Readonly<Record<string, unknown>>;
  readonly action: { readonly type: "expire" };
}

export interface RepositorySettings {
  readonly tagMutability: "IMMUTABLE_WITH_EXCLUSION";
  /** Wildcards of the tags that may move. */
  readonly movingTags: readonly string[];
  readonly scanOnPush: boolean;
  /** ECR's own key: a KMS key would add a request to every pull and protect nothing more. */
  readonly encryption: "AES256";
  readonly lifecycle: readonly LifecycleRule[];
}

/**
 * How long a login to ECR lasts, whatever session asked for it: "the authorization token is valid for 12 hours" (ECR's API
 * reference, GetAuthorizationToken), though sessions of chained roles end after one (IAM's user guide, "Role chaining").
 */
export const LOGIN_HOURS = 12;

/** Builds move these tags; the other filters that ECR allows are for tags declared `moves: true`. */
export const MOVING = [`${BUILD_TAGS.source}*`, `${BUILD_TAGS.cache}*`] as const;
/** `deploy` moves this tag; it writes any other tag only once. */
export const LATEST = "latest";
const KEPT_SOURCES = 20;
const UNTAGGED_DAYS = 7;
/** How many exclusion filters ECR allows. */
export const MOST_FILTERS = 5;
/** How many rules ECR allows in a policy. */
const MOST_RULES = 50;

/** The settings for the images that share a repository. */
export function repositorySettings(images: readonly StoredImage[]): RepositorySettings {
  const tags = images.flatMap((image) => image.tags);
  const moving = tags.filter(({ moves }) => moves).map(({ name }) => name).sort();
  return {
    tagMutability: "IMMUTABLE_WITH_EXCLUSION",
    movingTags: [...new Set([...MOVING, ...moving])],
    scanOnPush: true,
    encryption: "AES256",
    // The template is the same for every commit: it cannot name the tags, so it lets no build expire.
    lifecycle: images.some(({ gitTags }) => gitTags)
      ? rulesOf([UNTAGGED])
      : lifecycle(tags.map(({ name }) => name), KEPT_SOURCES * tagsOfBuild(images)),
  };
}

/** The settings for an image that is not in a config. */
export function deployedSettings(image: StoredImage): RepositorySettings {
  return repositorySettings([{ ...image, tags: [...image.tags, { name: LATEST, moves: true }] }]);
}

/** With several platforms, each has a tag, and so has the index that joins them. */
function tagsOfBuild(images: readonly StoredImage[]): number {
  return Math.max(...images.map(({ platforms }) => platforms.length > 1 ? platforms.length + 1 : 1));
}

const KEEP = "Keep ";

/**
 * ECR expires an image when any of its tags matches a rule, so a released image would expire with its old `src-` tag.
 * But a rule skips every image that an earlier rule matched: one rule for each declared tag, which at most one image
 * can have, keeps that image for ever. If there are more tags than rules allow, builds do not expire at all.
 */
function lifecycle(tags: readonly string[], sources: number): LifecycleRule[] {
  const keep = [...new Set(tags)].sort().map((tag) => ({
    description: `${KEEP}${tag}`,
    selection: { tagStatus: "tagged", tagPatternList: [tag], countType: "imageCountMoreThan", countNumber: 1 },
  }));
  const builds = {
    description: `${KEEP}the newest ${KEPT_SOURCES} builds`,
    selection: {
      tagStatus: "tagged",
      tagPatternList: [MOVING[0]],
      countType: "imageCountMoreThan",
      countNumber: sources,
    },
  };
  return rulesOf(keep.length + 2 > MOST_RULES ? [UNTAGGED] : [...keep, builds, UNTAGGED]);
}

const UNTAGGED = {
  description: `Expire what lost its tag ${UNTAGGED_DAYS} days after its push`,
  selection: {
    tagStatus: "untagged",
    countType: "sinceImagePushed",
    countUnit: "days",
    countNumber: UNTAGGED_DAYS,
  },
};

function rulesOf(rules: readonly Pick<LifecycleRule, "description" | "selection">[]): LifecycleRule[] {
  return rules.map((rule, index) => ({ rulePriority: index + 1, ...rule, action: { type: "expire" } }));
}

export function lifecycleText(rules: readonly LifecycleRule[]): string {
  return JSON.stringify({ rules });
}

/**
 * The new policy of an existing repository: it keeps every tag in the repository, and those of the new image. `null`:
 * the policy stays as it is, because it is complete or because unitune did not write it.
 */
export function renewedLifecycle(
  existing: string | null,
  held: readonly string[],
  { lifecycle: wanted }: RepositorySettings,
): string | null {
  const rules: readonly LifecycleRule[] = existing === null ? [] : JSON.parse(existing).rules ?? [];
  const known = [KEEP, "Expire what lost its tag"];
  if (!rules.every(({ description = "" }) => known.some((words) => description.startsWith(words)))) return null;
  const sources = [...rules, ...wanted].filter(({ selection }) => isOfBuilds(selection)).map(({ selection }) => {
    return Number(selection["countNumber"]);
  });
  const kept = [...rules, ...wanted].flatMap(({ selection }) => isOfBuilds(selection) ? [] : patterns(selection));
  const released = held.filter((tag) => !Object.values(BUILD_TAGS).some((prefix) => tag.startsWith(prefix)));
  const renewed = sources.length === 0 ? wanted : lifecycle([...kept, ...released], Math.max(...sources));
  return lifecycleText(renewed) === lifecycleText(rules) ? null : lifecycleText(renewed);
}

function patterns(selection: LifecycleRule["selection"]): readonly string[] {
  return (selection["tagPatternList"] ?? []) as readonly string[];
}

function isOfBuilds(selection: LifecycleRule["selection"]): boolean {
  return patterns(selection).includes(MOVING[0]);
}
