/** The builds of a config. Mistakes in their Dockerfiles are found here, before any request is made. */
import { UnituneError } from "../core/errors.ts";
import { lineOf, mistakeOf } from "../core/findings.ts";
import { withNeeds } from "../plan/changes.ts";
import type { BuildSpec } from "../plan/types.ts";
import type { ProjectFiles } from "./operation.ts";

interface CheckedBuilds {
  /** The builds of all images, in build order. */
  readonly builds: readonly BuildSpec[];
  /** What is probably a mistake, a line each. */
  readonly notes: readonly string[];
}

/** Checks the named images and the images that they need; all, if `images` is `undefined`. */
export async function checkedBuilds(
  { config, contexts }: Pick<ProjectFiles, "config" | "contexts">,
  images: readonly string[] | undefined,
): Promise<CheckedBuilds> {
  const builds = await contexts.builds(), checked = images ? withNeeds(builds, images) : builds;
  const findings = await contexts.findings(checked.map(({ image }) => image.name));
  const [first, ...others] = findings.filter(({ severity }) => severity === "error");
  if (!first) return { builds, notes: findings.map(lineOf) };
  const mistakes = others.length === 0 ? "1 mistake" : `${others.length + 1} mistakes`;
  throw new UnituneError(
    first.code,
    `Cannot build the images of ${config.name} as their Dockerfiles have ${mistakes}`,
    {
      path: first.path,
      lines: [first, ...others].map(lineOf),
      mistakes: [first, ...others].map(mistakeOf),
    },
  );
}
