/** A plan as text for people: what a dry run prints. */
import { PRICES } from "../core/facts/prices.ts";
import { type Finding, lineOf } from "../core/findings.ts";
import { objectName } from "../core/names.ts";
import type { StackChange, StackDiff } from "../core/ports.ts";
import { isUnsettled } from "../core/stack_states.ts";
import { costOf } from "./cost.ts";
import type { AccessChange, Change, Config, Plan, VersionStep } from "./types.ts";

const SIGN: Record<Change["action"], string> = {
  create: "+",
  update: "~",
  none: " ",
  delete: "-",
  build: "+",
  reuse: " ",
  wait: " ",
};

const TITLE: Record<Finding["severity"], string> = { error: "Error", warning: "Warning", note: "Note" };

/** What an access entry is for, where its principal does not make that clear. */
const ENTRY: Record<AccessChange["action"], Record<AccessChange["purpose"], string>> = {
  create: { admin: ", an admin", caller: "" },
  update: { admin: ", an admin", caller: ", the caller" },
  delete: { admin: ", no longer an admin", caller: "" },
};

/** The plan as a person reads it. */
export function describePlan(plan: Plan): string {
  const { config: { name, region }, caller } = plan;
  const lines = [`Plan for ${name} in ${region}${caller ? `, account ${caller.account}` : ""}`];
  lines.push(...caller ? [`as ${caller.principalArn}`] : [], "");
  lines.push(...describeChanges(plan));
  lines.push("", ...describeExposure(plan.config), ...describeCost(plan.config));
  for (const finding of plan.findings) lines.push("", `${TITLE[finding.severity]}: ${lineOf(finding)}`);
  for (const note of plan.notes) lines.push("", `Note: ${note}`);
  lines.push("", summary(plan));
  return lines.join("\n");
}

/** A line for each change, and one for each of its parts. */
export function describeChanges({ changes }: Plan): string[] {
  return changes.flatMap(describeChange);
}

/** Who reaches the API server. */
export function describeExposure({ cluster: { endpoint } }: Pick<Config, "cluster">): string[] {
  return endpoint.kind === "private"
    ? ["API server: private, reached only from the VPC and networks connected to it"]
    : [`API server: open to ${endpoint.publicFrom.join(", ")}, and to the VPC`];
}

/** What it costs at least and at most, with each pool's limit. */
export function describeCost(config: Config): string[] {
  const { floorPerHour, floorPerMonth, ceilingPerHour, pools } = costOf(config), usd = (n: number) => n.toFixed(2);
  const most = pools.map(({ pool, limit, ceilingPerHour }) => {
    return `${pool} ${limit} ${ceilingPerHour === null ? "price not known" : usd(ceilingPerHour)}`;
  });
  return [
    `Cost: ${usd(floorPerHour)} USD an hour without pods, about ${Math.round(floorPerMonth)} a month`,
    ...pools.length === 0 ? [] : [
      `      at most ${
        ceilingPerHour === null ? "?" : usd(ceilingPerHour)
      } USD an hour with every pool at its limit on its ` +
      `dearest types (${most.join(", ")})`,
    ],
    `      (on demand in ${PRICES.region}, ${PRICES.asOf}; without traffic and volumes of nodes)`,
  ];
}

/** The plan in one line. */
export function summary(plan: Plan): string {
  const count = (...actions: Change["action"][]) =>
    plan.changes.filter(({ action }) => actions.includes(action)).length;
  const [create, update, remove, build, reuse] = [
    count("create"),
    count("update"),
    count("delete"),
    count("build"),
    count("reuse"),
  ];
  if (create + update + remove + build === 0) return "Nothing to change: everything is as the config says.";
  const parts = [
    create && `${create} to create`,
    update && `${update} to update`,
    remove && `${remove} to delete`,
    build && `${build} to build`,
    reuse && `${reuse} to reuse`,
  ];
  return `${parts.filter(Boolean).join(", ")}.`;
}

/** What CloudFormation may do in the account is worth a line, whoever gave it. */
function executionRole({ action, policies }: Extract<Change, { kind: "bootstrap" }>): string[] {
  if (policies.length === 0) return [];
  if (policies.includes("AdministratorAccess")) {
    return [
      "    CloudFormation's role has AdministratorAccess, and keeps it: `unitune synth` writes narrower policies",
    ];
  }
  return [`    CloudFormation's role ${action === "none" ? "has" : "gets"} ${policies.join(", ")}`];
}

function describeChange(change: Change): string[] {
  const head = (text: string, rest = "") => `${SIGN[change.action]} ${text}${rest && `  ${rest}`}`;
  switch (change.kind) {
    case "bootstrap":
      return [
        head("CDK bootstrap (stack CDKToolkit)", change.action === "none" ? "exists" : ""),
        ...executionRole(change),
      ];
    case "kubernetes":
      return [
        change.kubernetes
          ? describeStep(change.kubernetes)
          : head(`stacks, still at Kubernetes ${change.version}`, "for Karpenter, which goes before the next version"),
      ];
    case "stacks":
      return [
        ...change.kubernetes ? [describeStep(change.kubernetes)] : [],
        ...change.diffs.flatMap(describeStack),
      ];
    case "access":
      return [
        head("access to the cluster, service-linked role for spot", unchanged(change)),
        ...change.entries.map(({ action, principalArn, purpose }) => {
          return `    ${action} access entry of ${principalArn}${ENTRY[action][purpose]}`;
        }),
      ];
    case "charts":
      return [head(`Karpenter ${change.version} (charts karpenter-crd, karpenter)`, unchanged(change))];
    case "object":
      return [head(`${change.ref.kind} ${objectName(change.ref)}`, unchanged(change))];
    case "ready":
      return [
        head(`pool ${change.pool}`, change.action === "none" ? "Ready" : "waits until Karpenter reports it Ready"),
      ];
    case "prune":
      return [head(`${change.ref.kind} ${objectName(change.ref)}`, "no longer declared")];
    case "repository":
      return [head(`repository ${change.repository}`, unchanged(change))];
    case "build":
      return [head(`image ${change.image}  ${change.action}`, change.because)];
    default:
      return change satisfies never;
  }
}

function describeStack({ stack, exists, status, changes }: StackDiff): string[] {
  const unsettled = isUnsettled(status), sign = changes.length === 0 && !unsettled ? " " : exists ? "~" : "+";
  const what = changes.length === 0 ? "no change" : count(changes.length, "resource");
  return [
    `${sign} stack ${stack}  ${what}${unsettled ? `, is ${status}` : ""}`,
    ...changes.flatMap((change) => describeResource(change, exists)),
  ];
}

/** A new stack's resources are only counted, except for those that it takes over. */
function describeResource({ action, resourceType, logicalId, name }: StackChange, exists: boolean): string[] {
  if (action === "import") return [`    imports repository ${name}: unitune created it, and no stack owns it`];
  return exists ? [`    ${action} ${resourceType} ${logicalId}`] : [];
}

function describeStep({ from, to, step, of }: VersionStep): string {
  const place = of > 1 ? `step ${step} of ${of}: ` : "";
  return `~ Kubernetes ${from} → ${to}  ${place}add-ons follow, the system nodes roll, then Karpenter's within their budgets`;
}

function unchanged(change: Change): string {
  return change.action === "none" ? "no change" : "";
}

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? "" : "s"}`;
}
