/** A plan as text for people: what a dry run prints. */
import { PRICES } from "../core/facts/prices.ts";
import { type Finding, lineOf } from "../core/findings.ts";
import { COLUMNS, wrapped } from "./columns.ts";
import { costOf } from "./cost.ts";
import { describeChanges } from "./describe_changes.ts";
import type { Change, Config, Plan } from "./types.ts";

const TITLE: Record<Finding["severity"], string> = { error: "Error", warning: "Warning", note: "Note" };

/** How a plan is laid out. */
export interface DescribeOptions {
  /** The columns of the terminal. Lines are broken at them, except for what is to be pasted. Default: 120. */
  readonly columns?: number | undefined;
}

/** The plan as a person reads it. */
export function describePlan(plan: Plan, { columns = COLUMNS }: DescribeOptions = {}): string {
  const { config: { name, region }, caller } = plan;
  const lines = [`Plan for ${name} in ${region}${caller ? `, account ${caller.account}` : ""}`];
  lines.push(...caller ? [`as ${caller.principalArn}`] : [], "");
  lines.push(...describeChanges(plan, columns));
  lines.push(
    "",
    ...[...describeExposure(plan.config), ...describeCost(plan.config)].flatMap((line) => {
      return wrapped(line, columns);
    }),
  );
  for (const finding of plan.findings) lines.push("", ...findingLines(finding, columns));
  for (const note of plan.notes) lines.push("", ...wrapped(`Note: ${note}`, columns));
  lines.push("", summary(plan));
  return lines.join("\n");
}

/** The next step stands in a line of its own, if it does not fit: a terminal can then copy it. */
function findingLines(finding: Finding, columns: number): string[] {
  const whole = `${TITLE[finding.severity]}: ${lineOf(finding)}`;
  if (whole.length <= columns || finding.hint === "") return wrapped(whole, columns);
  return [
    ...wrapped(`${TITLE[finding.severity]}: ${lineOf({ ...finding, hint: "" })}`, columns),
    `  — ${finding.hint}`,
  ];
}

/** Who reaches the API server. */
export function describeExposure({ cluster: { endpoint } }: Pick<Config, "cluster">): string[] {
  return endpoint.kind === "private"
    ? ["API server: private, reached only from the VPC and networks connected to it"]
    : [`API server: open to ${endpoint.publicFrom.join(", ")}, and to the VPC`];
}

/** What it costs at least and at most, with each pool's limit. */
export function describeCost(config: Config): string[] {
  const { floorPerHour, floorPerMonth, ceilingPerHour, caches, pools } = costOf(config),
    usd = (n: number) => n.toFixed(2);
  const most = pools.map(({ pool, limit, ceilingPerHour }) => {
    return `${pool} ${limit} ${ceilingPerHour === null ? "price not known" : usd(ceilingPerHour)}`;
  });
  return [
    `Cost: ${usd(floorPerHour)} USD an hour without pods, about ${Math.round(floorPerMonth)} a month`,
    ...caches.volumes === 0 ? [] : [
      `      of it ${usd(caches.perMonth)} USD a month for ${caches.volumes} cache ${
        caches.volumes === 1 ? "volume" : "volumes"
      } of builds, ${caches.gib} GiB, each from its image's first build on (builder.cache)`,
    ],
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
export function summary({ changes }: Plan): string {
  return countsOf(changes);
}

/** How many changes there are of each kind. */
export function countsOf(changes: readonly Change[]): string {
  const count = (...actions: Change["action"][]) => changes.filter(({ action }) => actions.includes(action)).length;
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
