/** The changes of a plan as text: a line for each, and one for each of its parts. */
import { objectName } from "../core/names.ts";
import type { DriftedResource, StackChange, StackDiff } from "../core/ports.ts";
import { isUnsettled } from "../core/stack_states.ts";
import { fieldLines, wrapped } from "./columns.ts";
import { meaningOf } from "./replacements.ts";
import type { Roll } from "./rolls.ts";
import type { AccessChange, Change, Config, Plan, VersionStep } from "./types.ts";
import { stepParts } from "./versions.ts";

const SIGN: Record<Change["action"], string> = {
  create: "+",
  update: "~",
  none: " ",
  delete: "-",
  build: "+",
  reuse: " ",
  wait: " ",
};

/** What an access entry is for, where its principal does not make that clear. */
const ENTRY: Record<AccessChange["action"], Record<AccessChange["purpose"], string>> = {
  create: { admin: ", an admin", caller: "" },
  update: { admin: ", an admin", caller: ", the caller" },
  delete: { admin: ", no longer an admin", caller: "" },
};

const PART = "    ", FIELD = "      ";

/** Values are cut to the columns, lines are broken at them. */
export function describeChanges({ changes, config }: Plan, columns: number): string[] {
  return changes.flatMap((change) => describeChange(change, { config, columns }));
}

interface Layout {
  readonly config: Config;
  readonly columns: number;
}

function describeChange(change: Change, layout: Layout): string[] {
  const { columns } = layout;
  const head = (text: string, rest = "") => wrapped(`${SIGN[change.action]} ${text}${rest && `  ${rest}`}`, columns);
  switch (change.kind) {
    case "bootstrap":
      return [
        ...head("CDK bootstrap (stack CDKToolkit)", change.action === "none" ? "exists" : ""),
        ...executionRole(change, columns),
      ];
    case "kubernetes":
      return change.kubernetes
        ? describeStep(change.kubernetes, layout)
        : head(`stacks, still at Kubernetes ${change.version}`, "for Karpenter, which goes before the next version");
    case "stacks":
      return [
        ...change.kubernetes ? describeStep(change.kubernetes, layout) : [],
        ...describeStacks(change, columns),
      ];
    case "access":
      return [
        ...head("access to the cluster, service-linked role for spot", unchanged(change)),
        ...change.entries.flatMap(({ action, principalArn, purpose }) => {
          return wrapped(`${PART}${action} access entry of ${principalArn}${ENTRY[action][purpose]}`, columns);
        }),
      ];
    case "charts":
      return describeCharts(change, head);
    case "object":
      return [
        ...head(`${change.ref.kind} ${objectName(change.ref)}`, change.replaced ? REPLACED : unchanged(change)),
        ...(change.fields ?? []).flatMap((field) => fieldLines(field, columns, PART)),
      ];
    case "ready":
      return [
        ...head(`pool ${change.pool}`, change.action === "none" ? "Ready" : "waits until Karpenter reports it Ready"),
        ...change.rolls ? describeRoll(change.rolls, columns) : [],
      ];
    case "prune":
      return [
        ...head(`${change.ref.kind} ${objectName(change.ref)}`, "no longer declared"),
        ...change.rolls ? describeEnd(change.rolls, columns) : [],
      ];
    case "repository":
      return head(`repository ${change.repository}`, unchanged(change));
    case "build":
      return head(`image ${change.image}  ${change.action}`, change.because);
    default:
      return change satisfies never;
  }
}

const REVERT = `${PART}\`unitune apply --revert-drift\` changes it back`;
const REPLACED = "is deleted and created again: its fields are fixed; no data is lost";

/** What CloudFormation may do in the account is worth a line, whoever gave it. */
function executionRole({ action, policies }: Extract<Change, { kind: "bootstrap" }>, columns: number): string[] {
  if (policies.length === 0) return [];
  const role = `${PART}CloudFormation's role`;
  if (policies.includes("AdministratorAccess")) {
    return wrapped(
      `${role} has AdministratorAccess, and keeps it: \`unitune synth\` writes narrower policies`,
      columns,
    );
  }
  return wrapped(`${role} ${action === "none" ? "has" : "gets"} ${policies.join(", ")}`, columns);
}

/** Helm upgrades no CRDs with a chart, so they have one of their own, which goes first. */
function describeCharts(
  change: Extract<Change, { kind: "charts" }>,
  head: (text: string, rest?: string) => string[],
): string[] {
  const { installed, version } = change;
  const from = installed !== null && installed !== version ? `${installed} → ` : "";
  return head(`Karpenter ${from}${version} (charts karpenter-crd, karpenter)`, unchanged(change));
}

function describeStacks(change: Extract<Change, { kind: "stacks" }>, columns: number): string[] {
  const { diffs, drift = [], revertDrift = false } = change;
  const lines = diffs.flatMap((diff) => {
    const drifted = drift.find(({ stack }) => stack === diff.stack)?.resources ?? [];
    return describeStack(diff, { drift: drifted, reverted: revertDrift }, columns);
  });
  const stays = !revertDrift && drift.some(({ resources }) => resources.length > 0);
  return [...lines, ...stays ? [REVERT] : []];
}

interface Drift {
  readonly drift: readonly DriftedResource[];
  /** Is it changed back? */
  readonly reverted: boolean;
}

function describeStack(diff: StackDiff, { drift, reverted }: Drift, columns: number): string[] {
  const { stack, exists, status, changes } = diff, unsettled = isUnsettled(status);
  const settled = changes.length === 0 && !unsettled && !(reverted && drift.length > 0);
  const what = changes.length === 0 ? "no change" : count(changes.length, "resource");
  const elsewhere = drift.length === 0 ? "" : `, ${drift.length} changed outside of CloudFormation`;
  return [
    ...wrapped(
      `${settled ? " " : exists ? "~" : "+"} stack ${stack}  ${what}${unsettled ? `, is ${status}` : ""}${elsewhere}`,
      columns,
    ),
    ...changes.flatMap((change) => describeResource(change, exists, columns)),
    ...drift.flatMap((resource) => describeDrift(resource, reverted, columns)),
  ];
}

/** Fields read as what a revert does: from what they are now to what the stack made. */
function describeDrift(
  { resourceType, logicalId, state, fields }: DriftedResource,
  reverted: boolean,
  columns: number,
) {
  const was = state === "deleted" ? "was deleted" : "was changed", then = reverted ? ", is reverted" : "";
  return [
    ...wrapped(`${PART}${resourceType} ${logicalId} ${was}${then}${fields.length > 0 ? ":" : ""}`, columns),
    ...fields.flatMap((field) => fieldLines(field, columns, FIELD)),
  ];
}

/** A new stack's resources are only counted, except for those that it takes over. */
function describeResource(change: StackChange, exists: boolean, columns: number): string[] {
  const { action, resourceType, logicalId, name, open, fields = [] } = change;
  if (action === "import") {
    return wrapped(`${PART}imports repository ${name}: unitune created it, and no stack owns it`, columns);
  }
  if (!exists) return [];
  const verb = action === "replace" && open ? "may replace" : action;
  const meaning = action === "replace" ? meaningOf(resourceType) : null;
  return [
    ...wrapped(`${PART}${verb} ${resourceType} ${logicalId}${meaning ? `: ${meaning}` : ""}`, columns),
    ...fields.flatMap((field) => fieldLines(field, columns, FIELD)),
  ];
}

function describeStep(step: VersionStep, { config, columns }: Layout): string[] {
  const { from, to, of } = step, place = of > 1 ? `  step ${step.step} of ${of}` : "";
  return [
    ...wrapped(`~ Kubernetes ${from} → ${to}${place}`, columns),
    ...stepParts(config, step).flatMap((part) => wrapped(`${PART}${part}`, columns)),
  ];
}

function describeRoll({ nodes, all, because, budgets, held }: Roll, columns: number): string[] {
  const which = all
    ? `${count(nodes, "node")} ${nodes === 1 ? "is" : "are"} replaced`
    : `of ${count(nodes, "node")}, those that no longer match are replaced`;
  const lines = [`${PART}${which}: ${because.join(", ")}`, ...budgets.map((budget) => `${FIELD}budget: ${budget}`)];
  return [...lines, ...held.map(heldLine)].flatMap((line) => wrapped(line, columns));
}

function describeEnd({ nodes, held }: Roll, columns: number): string[] {
  const end = nodes === 1 ? "its node is drained and ends" : `its ${nodes} nodes are drained and end`;
  return [`${PART}${end}`, ...held.map(heldLine)].flatMap((line) => wrapped(line, columns));
}

function heldLine(pod: string): string {
  return `${FIELD}held by ${pod}`;
}

function unchanged({ action }: Change): string {
  return action === "none" ? "no change" : "";
}

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? "" : "s"}`;
}
