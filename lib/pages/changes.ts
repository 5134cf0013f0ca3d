/** The steps of a plan on a page: what each is about, the picture, the table, and the details of those that have any. */
import type { FieldChange } from "../core/fields.ts";
import { objectName } from "../core/names.ts";
import type { StackChange, StackDiff, StackDrift } from "../core/ports.ts";
import type { Change } from "../plan/types.ts";
import { graph, type Node } from "./graph.ts";
import { type Html, markup } from "./html.ts";
import { anchor, code, joined, list, said, state, table } from "./parts.ts";

/** What a step is about. */
export function titleOf(change: Change): string {
  switch (change.kind) {
    case "bootstrap":
      return "CDK bootstrap";
    case "stacks":
      return change.diffs.length === 1 ? `stack ${change.diffs[0]!.stack}` : "stacks";
    case "kubernetes":
      return `stacks at Kubernetes ${change.version}`;
    case "access":
      return "access to the cluster";
    case "charts":
      return `Karpenter ${change.version}`;
    case "object":
    case "prune":
      return `${change.ref.kind} ${objectName(change.ref)}`;
    case "ready":
      return `pool ${change.pool}`;
    case "repository":
      return `repository ${change.repository}`;
    case "build":
      return `image ${change.image}`;
    default:
      return change satisfies never;
  }
}

/** Why, or how much of it: a few words. */
function about(change: Change): string {
  switch (change.kind) {
    case "stacks":
      return change.diffs.map(({ stack, changes }) => `${stack}: ${counted(changes)}`).join(", ");
    case "kubernetes":
      return change.kubernetes ? `from ${change.kubernetes.from}` : "as deployed, for Karpenter";
    case "access":
      return change.entries.length === 1 ? "1 access entry" : `${change.entries.length} access entries`;
    case "charts":
      return change.installed === null || change.action === "none" ? "" : `from ${change.installed}`;
    case "object":
      return change.replaced ? "deleted and created again" : "";
    case "prune":
      return "no longer declared";
    case "ready":
      return change.action === "none" ? "Ready" : "until Karpenter reports it Ready";
    case "build":
      return change.because;
    default:
      return "";
  }
}

function counted(changes: readonly StackChange[]): string {
  return changes.length === 0 ? "no change" : changes.length === 1 ? "1 resource" : `${changes.length} resources`;
}

/** What a stack's own box says. */
function stackWord({ exists, changes }: StackDiff): string {
  return changes.length === 0 ? "none" : exists ? "update" : "create";
}

/** The steps as a picture, each stack a box of its own. `wordOf` says how a step ended, if it ran. */
export function picture(changes: readonly Change[], wordOf: (change: Change) => string | undefined): Html {
  const stacks = changes.find((change) => change.kind === "stacks"),
    names = stacks?.diffs.map(({ stack }) => stack) ?? [];
  const last = names.at(-1) ?? "stacks", to = (id: string) => id === "stacks" ? `stack:${last}` : id;
  const nodes = changes.flatMap((change): Node[] => {
    const { id } = change, after = change.after.map(to), word = wordOf(change);
    if (change.kind !== "stacks") return [{ id, title: titleOf(change), word: word ?? change.action, after }];
    return change.diffs.map((diff, at) => ({
      id: `stack:${diff.stack}`,
      title: `stack ${diff.stack}`,
      word: word ?? stackWord(diff),
      after: at === 0 ? after : [`stack:${names[at - 1]}`],
    }));
  });
  return graph(nodes, markup`The <a href="#steps">table of steps</a> says the same in words.`);
}

/** Every step, with links to those that it waits for. */
export function stepTable(changes: readonly Change[]): Html {
  const titles = new Map(changes.map((change) => [change.id, titleOf(change)]));
  const link = (id: string) => markup`<a href="#${anchor(id)}">${titles.get(id) ?? id}</a>`;
  return table({
    caption: "Steps, in the order in which they are listed in the plan",
    columns: ["Step", "Action", "Why", "After"],
    ids: changes.map(({ id }) => anchor(id)),
    rows: changes.map((change) => [
      detailsOf(change) ? markup`<a href="#details-${anchor(change.id)}">${titleOf(change)}</a>` : titleOf(change),
      state(change.action),
      about(change),
      joined(change.after.map(link)),
    ]),
  });
}

/** Old values beside new ones. */
function fieldTable(caption: string, fields: readonly FieldChange[]): Html {
  const value = (text: string | null) => text === null ? markup`<em>not set</em>` : code(text);
  return table({
    caption,
    columns: ["Field", "Now", "Afterwards", "Remarks"],
    rows: fields.map(({ path, before, after, by, replaces }) => {
      const remarks = [replaces ? "the resource is replaced" : "", by === undefined ? "" : `also written by ${by}`];
      return [code(path), value(before), value(after), remarks.filter((one) => one !== "").join(", ")];
    }),
  });
}

/** `null`: the table of steps says all of it. */
function detailsOf(change: Change): Html | null {
  switch (change.kind) {
    case "bootstrap":
      return change.policies.length === 0
        ? null
        : markup`<p>CloudFormation's role ${change.action === "none" ? "has" : "gets"} these policies:</p>\n${
          list(change.policies)
        }`;
    case "stacks":
      return markup`${change.diffs.filter(({ changes }) => changes.length > 0).map(stackDetails)}${
        (change.drift ?? []).map(driftDetails)
      }`;
    case "access":
      return change.entries.length === 0 ? null : entryTable(change.entries);
    case "object":
      return change.fields ? fieldTable(`Fields of ${titleOf(change)}`, change.fields) : null;
    default:
      return null;
  }
}

function entryTable(entries: Extract<Change, { kind: "access" }>["entries"]): Html {
  return table({
    caption: "Access entries that change",
    columns: ["Principal", "Action", "For"],
    rows: entries.map(({ action, principalArn, purpose }) => [code(principalArn), state(action), purpose]),
  });
}

function driftDetails({ stack, resources, unread }: StackDrift): Html {
  return markup`${
    resources.map(({ logicalId, resourceType, state, fields }) => {
      const caption = `${resourceType} ${logicalId} in stack ${stack}, ${state} outside of CloudFormation`;
      return fields.length === 0 ? markup`<p>${caption}</p>\n` : fieldTable(caption, fields);
    })
  }${unread.map((why) => markup`<p>Not compared in stack ${stack}: ${why}</p>\n`)}`;
}

function stackDetails({ stack, changes }: StackDiff): Html {
  const resources = table({
    caption: `Resources of stack ${stack}`,
    columns: ["Resource", "Action", "Type", "Remarks"],
    rows: changes.map(({ logicalId, action, resourceType, name, open }) => {
      const remarks = [name ?? "", open ? "perhaps replaced: the deployment decides" : ""];
      return [code(logicalId), state(action), resourceType, remarks.filter((one) => one !== "").join(", ")];
    }),
  });
  const fields = changes.flatMap(({ logicalId, fields = [] }) => {
    return fields.length === 0 ? [] : [fieldTable(`Properties of ${logicalId} in stack ${stack}`, fields)];
  });
  return markup`${resources}${fields}`;
}

/** The details of all steps; those of unchanged ones are folded. */
export function details(changes: readonly Change[]): Html {
  return markup`${
    changes.map((change) => {
      const body = detailsOf(change), id = `details-${anchor(change.id)}`;
      if (body === null || body.text === "") return null;
      const head = markup`<h3 id="${id}">${titleOf(change)}: ${said(change.action)}</h3>\n`;
      return change.action === "create" && change.kind === "stacks"
        ? markup`${head}<details><summary>${countOf(change.diffs)} new resources</summary>\n${body}</details>\n`
        : markup`${head}${body}`;
    })
  }`;
}

function countOf(diffs: readonly StackDiff[]): number {
  return diffs.reduce((sum, { changes }) => sum + changes.length, 0);
}
