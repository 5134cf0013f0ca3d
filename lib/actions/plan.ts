/** The diff over stacks, cluster objects and images. Changes nothing. */
import { UnituneError } from "../core/errors.ts";
import { makePlan, type Observed, type Phase, PHASES } from "../plan/changes.ts";
import type { BuildSpec, Config, Plan } from "../plan/types.ts";
import { checkedBuilds } from "./builds.ts";
import { observe, observeNothing } from "./observe.ts";
import { refuseMovedTags } from "./images/tags.ts";
import type { Operation, ProjectFiles } from "./operation.ts";
import { refuseErrors } from "./refuse.ts";

/** What to plan. */
export interface PlanOptions {
  /** Plan without an account: as if nothing were deployed. */
  readonly offline?: boolean | undefined;
  /** The phases to plan; all by default. */
  readonly only?: readonly Phase[] | undefined;
  /** Look for what was changed in the stacks outside of CloudFormation, too. That takes minutes. */
  readonly drift?: boolean | undefined;
  /** The same, and change it back. */
  readonly revertDrift?: boolean | undefined;
  /** Images to plan, with the images that they need; all by default. */
  readonly images?: readonly string[] | undefined;
  /** Build the named images even if the registry has them. */
  readonly force?: boolean | undefined;
  /** Build the named images again, without any cache. */
  readonly noCache?: boolean | undefined;
  /** Build the named images again, with base images that are looked up in their registries. */
  readonly pull?: boolean | undefined;
}

/** Plans against what is deployed. */
export async function planDeployed(operation: Operation, options: PlanOptions): Promise<Plan> {
  const { notes, ...asked } = await askedOf(operation, options);
  const { revertDrift = false, drift = revertDrift } = options;
  const observed = await observeChecked(operation, asked.builds, asked.only, drift);
  const plan = makePlan({ config: operation.config, ...asked, observed: withNotes(observed, notes), revertDrift });
  await refuseMovedTags(plan, observed.images, operation.ports.registry);
  return plan;
}

/** Reads the current state. Findings that refuse are thrown as one error; the others become notes. */
export async function observeChecked(
  operation: Operation,
  builds: readonly BuildSpec[],
  only: readonly Phase[],
  drift = false,
): Promise<Observed> {
  const { observed, checked } = await observe(operation, builds, only, drift);
  return { ...observed!, findings: refuseErrors(operation.config.name, checked) };
}

/** Plans without an account. `now`: milliseconds since 1970. */
export async function planOffline(files: ProjectFiles, options: PlanOptions, now: number): Promise<Plan> {
  const { notes, ...asked } = await askedOf(files, options);
  const stacks = asked.only.includes("infra") ? await files.assemblies.diff() : [];
  const observed = withNotes(observeNothing(files, stacks, now), notes);
  return makePlan({ config: files.config, ...asked, observed });
}

/** Adds what is known without a request. */
export function withNotes(observed: Observed, notes: readonly string[]): Observed {
  return { ...observed, notes: [...observed.notes, ...notes] };
}

async function askedOf(files: ProjectFiles, options: PlanOptions) {
  const { only = PHASES, noCache, pull } = options, force = options.force || noCache || pull;
  const named = namedImages(files.config, options.images);
  const { builds, notes } = only.includes("images") ? await checkedBuilds(files, named) : { builds: [], notes: [] };
  const forced = force ? named ?? builds.map(({ image }) => image.name) : [];
  return { only, images: named, builds, notes, force: forced, fresh: { noCache, pull } };
}

/** `undefined` if none is named; throws for one that the config does not declare. */
export function namedImages(config: Config, images: readonly string[] | undefined): readonly string[] | undefined {
  if (!images || images.length === 0) return undefined;
  const known = config.images.map(({ name }) => name);
  const unknown = images.filter((name) => !known.includes(name));
  if (unknown.length === 0) return images;
  const names = unknown.map((name) => `"${name}"`).join(", ");
  throw new UnituneError("IMAGE_UNKNOWN", `No image ${names} in the config`, {
    path: "images",
    hint: known.length > 0 ? `It declares ${known.join(", ")}` : "Add it under `images`",
  });
}
