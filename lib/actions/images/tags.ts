/** Tags that never move are promises: what would break one is refused before anything is built. */
import { sourceTag } from "../../core/names.ts";
import type { Observed } from "../../plan/changes.ts";
import type { BuildSpec, Plan } from "../../plan/types.ts";
import { fixedTags, hasKey, type ImageRegistry, tagsFixed, type TakenTag } from "./registry.ts";

/** Throws for fixed tags of the planned images that are on other images. `images`: what the registry holds. */
export async function refuseMovedTags(plan: Plan, images: Observed["images"], registry: ImageRegistry): Promise<void> {
  const taken: TakenTag[] = [];
  for (const change of plan.changes) {
    if (change.kind !== "build") continue;
    const build = plan.builds.find(({ image }) => image.name === change.image)!;
    const wanted = change.action === "reuse" ? images[change.image] ?? null : null;
    taken.push(...await takenTags(build, wanted, registry));
  }
  if (taken.length > 0) throw tagsFixed(taken);
}

/** `wanted`: the digest that the tags would be put on; `null`: it is known after the build. */
async function takenTags(build: BuildSpec, wanted: string | null, registry: ImageRegistry): Promise<TakenTag[]> {
  const { image } = build, taken: TakenTag[] = [];
  for (const tag of fixedTags(image)) {
    const digest = (await registry.find(image.repository, tag))?.digest;
    if (digest === undefined || digest === wanted) continue;
    const mayBeSame = wanted === null && image.reproducible && await hasKey(registry, build, digest);
    if (mayBeSame) continue;
    const fresh = `the image of ${sourceTag(build.key)}, whose digest is known after its build`;
    taken.push({ image: image.name, tag, digest, wanted: wanted ?? fresh });
  }
  return taken;
}
