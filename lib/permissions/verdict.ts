/** Compares the permissions that a command needs with IAM's decisions. */
import type { Decision, Permission } from "../core/ports.ts";
import type { PermissionPart } from "./parts.ts";

/** A permission that the caller of unitune needs. */
export interface Need extends Permission {
  /** The part of permissions.json that it is in. */
  readonly part: PermissionPart;
  /** If the command can go on without it: what is then different. */
  readonly optional?: string | undefined;
}

/** What IAM's decisions mean for a command. */
interface Verdict {
  /** The command cannot run without these; each with the resources that are denied. */
  readonly missing: readonly Need[];
  /** The command can run without these, with less. */
  readonly weaker: readonly Need[];
  /** Policies with conditions that only the real call decides. */
  readonly unsure: readonly Need[];
}

/** Sorts needs by IAM's decision; a need without a decision counts as unsure. */
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

/** The needs as lines, one for each action and resource. */
export function needLines(needs: readonly Need[]): string[] {
  return needs.flatMap(({ action, resources, part }) => resources.map((on) => `${action} on ${on} (${part})`));
}
