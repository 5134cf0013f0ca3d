/** What unitune needs in AWS, against what IAM says: pure, over plain data. */
import type { Decision, Permission } from "../core/ports.ts";
import type { Change } from "../plan/types.ts";

/** A command that calls AWS. `configure` is a part of `apply`. */
export type Command = "plan" | "apply" | "build" | "deploy" | "destroy";
/** All of them. */
export const COMMANDS: readonly Command[] = ["plan", "apply", "build", "deploy", "destroy"];

/** A permission that unitune's own caller needs. */
export interface Need extends Permission {
  /** The part of the command's work that needs it. */
  readonly stage: string;
  /** What is so without it, when the command goes on all the same. */
  readonly optional?: string | undefined;
}

/** A statement of an IAM policy. */
export interface PolicyStatement {
  /** Statements here only allow. */
  readonly Effect: "Allow";
  /** IAM actions, sorted. */
  readonly Action: readonly string[];
  /** ARNs, or patterns of them. */
  readonly Resource: readonly string[];
  /** What must be true of the request. */
  readonly Condition?: { readonly StringEquals: Readonly<Record<string, string>> };
}

/** An IAM policy, to paste as it is. */
export interface PolicyDocument {
  /** Of the language. */
  readonly Version: "2012-10-17";
  /** The statements. */
  readonly Statement: readonly PolicyStatement[];
}

/** Policies by command, and those of the role in which CloudFormation works. */
export type Policies = Readonly<Record<Command | "cloudformation", readonly PolicyDocument[]>>;

/** What IAM's answers mean for a command. */
export interface Verdict {
  /** Without these it cannot be done: each with the resources that are denied. */
  readonly missing: readonly Need[];
  /** Without these it goes on, in a weaker way. */
  readonly weaker: readonly Need[];
  /** A policy looks at what only the call itself would tell. */
  readonly unsure: readonly Need[];
}

/** What IAM lets a managed policy be, in characters without white space. */
const LONGEST_POLICY = 6144;

/** The permissions as policies: one, or as many as it takes for each to be short enough for IAM. */
export function policyDocuments(permissions: readonly Permission[]): PolicyDocument[] {
  const documents: PolicyStatement[][] = [[]];
  for (const statement of statements(permissions)) {
    const last = documents.at(-1)!;
    if (last.length > 0 && JSON.stringify(documentOf([...last, statement])).length > LONGEST_POLICY) {
      documents.push([statement]);
    } else last.push(statement);
  }
  return documents.map(documentOf);
}

function documentOf(Statement: readonly PolicyStatement[]): PolicyDocument {
  return { Version: "2012-10-17", Statement };
}

/** One statement for all that is allowed on the same resources under the same conditions. */
function statements(permissions: readonly Permission[]): PolicyStatement[] {
  const groups = new Map<string, { readonly permission: Permission; readonly actions: Set<string> }>();
  for (const permission of permissions) {
    const key = JSON.stringify([[...permission.resources].sort(), permission.when ?? {}]);
    const group = groups.get(key) ?? { permission, actions: new Set<string>() };
    groups.set(key, group);
    group.actions.add(permission.action);
  }
  return [...groups.values()].map(({ permission: { resources, when }, actions }): PolicyStatement => ({
    Effect: "Allow",
    Action: [...actions].sort(),
    Resource: [...new Set(resources)].sort(),
    ...(when && { Condition: { StringEquals: when } }),
  }));
}

/** The stages of work that a plan's changes mean; none when all is as it should be. */
export function stagesOf(changes: readonly Change[]): string[] {
  const stages = new Set<string>();
  for (const change of changes) {
    if (change.action === "none" || change.action === "reuse") continue;
    switch (change.kind) {
      case "bootstrap":
      case "stacks":
      case "access":
        stages.add(change.kind);
        break;
      case "kubernetes":
        stages.add("stacks");
        break;
      case "build":
        stages.add("images").add("contexts");
        break;
      case "charts":
      case "object":
      case "prune":
      case "ready":
        break;
      default:
        change satisfies never;
    }
  }
  return [...stages];
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
  return needs.flatMap(({ action, resources, stage }) => resources.map((on) => `${action} on ${on} (${stage})`));
}
