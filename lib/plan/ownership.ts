/** Whose the resources of AWS with names of a project are: a tag decides, never the name. Pure. */
import { CLUSTER_TAG, STACK_ID_TAG } from "../core/facts/tags.ts";
import type { Problem } from "../core/findings.ts";
import type { Tags } from "../core/ports.ts";

/** An existing resource with a name that the project would use. */
export interface Claimed {
  /** `stack acme-eks`. */
  readonly what: string;
  /** Where the config names it, or the resource itself. */
  readonly path: string;
  readonly tags: Tags;
  /** The command that shows whose it is. */
  readonly show: string;
  /** What else the user can do. */
  readonly instead: string;
}

/** The tags by which everything of a cluster is found. */
export function ownTags(cluster: string): Tags {
  return { [CLUSTER_TAG]: cluster };
}

/** Did unitune create it, for this cluster? */
export function isOwn(tags: Tags, cluster: string): boolean {
  return tags[CLUSTER_TAG] === cluster;
}

/** A problem for each resource that is not this cluster's. */
export function foreign(cluster: string, claimed: readonly Claimed[]): Problem[] {
  return claimed.filter(({ tags }) => !isOwn(tags, cluster)).map(({ what, path, tags, show, instead }) => ({
    path,
    message: `${what} exists and is not this project's: its tag ${CLUSTER_TAG} must be ${cluster}, ${found(tags)}`,
    hint: `\`${show}\` shows whose it is; ${instead}`,
  }));
}

const SHOWN = 3;

function found(tags: Tags): string {
  const owner = tags[CLUSTER_TAG];
  if (owner !== undefined) return `found ${owner}`;
  const { [STACK_ID_TAG]: stack, ...others } = tags;
  // The stack says most, and its name is enough.
  const of = stack === undefined ? [] : [`of stack ${stack.split("/")[1] ?? stack}`];
  const told = Object.entries(others).filter(([key]) => !key.startsWith("aws:"))
    .toSorted(([a], [b]) => a < b ? -1 : 1).slice(0, SHOWN).map(([key, value]) => `${key}=${value}`);
  const rest = [...of, ...told];
  return rest.length === 0 ? "found no tags" : `found ${rest.join(", ")}`;
}
