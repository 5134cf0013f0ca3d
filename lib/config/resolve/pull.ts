/** The ECR repositories that builds pull from besides those of the config's images. */
import { partitionOf, registryHost } from "../../core/names.ts";
import { type Issue, show } from "../issues.ts";
import type { BuilderIn } from "../schema/config.ts";

interface Pulled {
  /** `host/repository`, or `host/prefix/*`. */
  readonly pattern: string;
  /** Whether it is a cache that builds may fill. */
  readonly cache: boolean;
}

/**
 * A session of STS takes a policy of 2048 characters. What a build may do besides takes some 850, with an image's needs
 * up to 1200.
 */
const MOST_CHARACTERS = 850;

export function pulledOf(input: BuilderIn["pull"], region: string | undefined, issues: Issue[]): readonly Pulled[] {
  const entries = (input ?? []).map((entry) => {
    return typeof entry === "string" ? { arn: entry, cache: false } : {
      arn: entry.repository,
      cache: entry.cache ?? false,
    };
  });
  const characters = entries.reduce((sum, { arn }) => sum + arn.length + 3, 0);
  if (characters > MOST_CHARACTERS) {
    issues.push({
      code: "CONFLICT",
      path: ["builder", "pull"],
      message:
        `must have at most ${MOST_CHARACTERS} characters in all, as the policy of a session holds 2048: found ${characters}`,
      hint: "name a common prefix of several repositories, like …:repository/bases/*",
    });
  }
  return entries.map(({ arn, cache }, at) => {
    const [, partition = "", , place = "", account = "", rest = ""] = arn.split(":");
    for (const one of [region, place]) {
      if (one === undefined || partitionOf(one) === partition) continue;
      const message = `must be in the partition of ${one}, ${partitionOf(one)}: found ${show(partition)}`;
      issues.push({ code: "CONFLICT", path: ["builder", "pull", at], message });
      break;
    }
    return { pattern: `${registryHost(account, place)}/${rest.slice("repository/".length)}`, cache };
  });
}
