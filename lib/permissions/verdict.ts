/** What a command needs in AWS, against what IAM says. */
import type { Decision, Permission } from "../core/ports.ts";
import type { PermissionPart } from "./parts.ts";

/** A permission that unitune's own caller needs. */
export interface Need extends Permission {
  /** The part of the command's work that needs it. */
  readonly part: PermissionPart;
  /** What is so without it, when the command goes on all the same. */
  readonly optional?: string | undefined;
}

/** What IAM's answers mean for a command. */
interface Verdict {
  /** Without these it cannot be done: each with the resources that are denied. */
  readonly missing: readonly Need[];
  /** Without these it goes on, in a weaker way. */
  readonly weaker: readonly Need[];
  /** A policy looks at what only the call itself would tell. */
  readonly unsure: readonly Need[];
}

/** Sorts what is needed by what IAM decided; a need that IAM said nothing of counts as unsure. */
export function judge(needs: readonly Need[], decisions: readonly Decision[]): Verdict {
  const decided = new Map(decisions.map((each) => [`${each.action} ${each.resource}`, each.decision]));
  const missing: Need[] = [], weaker: Need[] = [], unsure: Need[] = [];
  for (const need of needs) {
    const resources = (wanted: Decision["decision"]) => {
      return need.resources.filter((resource) => (decided.get(`${need.action} ${resource}`) ?? "unsure") === wanted);
    };
    const [denied, open] = [resources("denied"), resources("unsure")];
    if (denied.length > 0) (need.optional ? weaker : missing).push({ ...need, resources: denied });
    else if (open.length > 0) unsure.push({ ...need, resources: open });
  }
  return { missing, weaker, unsure };
}

/** The needs as lines, each action once for each of its resources. */
export function needLines(needs: readonly Need[]): string[] {
  return needs.flatMap(({ action, resources, part }) => resources.map((on) => `${action} on ${on} (${part})`));
}
