/** Build Jobs as they would be sent: what a dry run prints. */
import { archOf, cacheName, jobName, type Platform, registryHost, sourceTag } from "../core/names.ts";
import type { Kube } from "../core/kube.ts";
import { KNOWN_AFTER_APPLY } from "../core/pins.ts";
import { withNeeds } from "../plan/changes.ts";
import type { BuildSpec, Fresh } from "../plan/types.ts";
import { checkedBuilds } from "./builds.ts";
import { namedImages } from "./plan.ts";
import type { ProjectFiles } from "./operation.ts";

/** The Jobs of the named images, which are as fresh as that, and of the images that they need; all, if none is named. */
export async function plannedJobs(
  files: ProjectFiles,
  images: readonly string[] | undefined,
  fresh: Fresh = {},
): Promise<{ readonly objects: readonly Kube[]; readonly notes: readonly string[] }> {
  const named = namedImages(files.config, images), { builds, notes } = await checkedBuilds(files, named);
  const planned = named ? withNeeds(builds, named) : builds;
  const objects = planned.flatMap((build) => {
    return plannedJob(files, build, named?.includes(build.image.name) ?? true ? fresh : {});
  });
  return { objects, notes };
}

/** A build's objects, its Jobs (one for each platform) last, with placeholders for values that a deployment returns. */
export function plannedJob(files: ProjectFiles, build: BuildSpec, fresh: Fresh = {}): Kube[] {
  const objects = build.image.platforms.map((platform) => plannedPlatform(files, build, platform, fresh));
  return [...objects[0]!.slice(0, -1), ...objects.map((some) => some.at(-1)!)];
}

function plannedPlatform(
  { config, objects }: ProjectFiles,
  build: BuildSpec,
  platform: Platform,
  fresh: Fresh,
): Kube[] {
  const registry = registryHost("000000000000", config.region);
  const needs = build.needs.map((need) => {
    const { repository } = config.images.find(({ name }) => name === need.image)!;
    return [need.alias, `${registry}/${repository}:${sourceTag(need.key)}`];
  });
  return objects.build({
    name: jobName(build.image.name, archOf(platform), build.key),
    build,
    platform,
    tag: sourceTag(build.key, build.image.platforms.length > 1 ? archOf(platform) : undefined),
    context: { bucket: KNOWN_AFTER_APPLY, listKey: "known-after-upload", listDigest: "0".repeat(64) },
    needs: Object.fromEntries(needs),
    fresh,
    importsCache: build.image.cache !== "none",
    cacheClaim: config.builder.cache && cacheName(build.image.name, archOf(platform), config.builder.isolation),
    registry,
    pushRoleArn: KNOWN_AFTER_APPLY,
    pool: config.pools.find(({ name }) => name === build.image.pool)!,
  });
}
