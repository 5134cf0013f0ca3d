/** A status as text for people. */
import { PRICES } from "../core/facts/prices.ts";
import type { ClusterStatus, NodeStatus, PoolStatus, Status } from "./status.ts";

/** Where a project stands, as a person reads it. */
export function describeStatus(status: Status): string {
  const { name, region, account, cluster, inside } = status;
  const lines = [`${name} in ${region}, account ${account}`, ""];
  for (const { stack, status: state } of status.stacks) lines.push(`stack ${stack}  ${state ?? "does not exist"}`);
  lines.push(
    cluster ? `cluster ${name}  ${cluster.status}, Kubernetes ${cluster.version}` : `cluster ${name}  does not exist`,
  );
  if (inside) lines.push(...insideLines(inside));
  if (status.images.length > 0) {
    lines.push("", "Images");
    const rows = status.images.map(({ image, digest, seconds }) => {
      return [
        image,
        digest ?? "not built: its inputs have changed, or it never was",
        seconds === null ? "" : `${age(seconds)} ago`,
      ];
    });
    lines.push(...table(rows));
  }
  if (status.leftovers.length > 0) {
    lines.push(
      "",
      "Left behind (unitune destroy deletes it)",
      ...status.leftovers.map((one) => `  ${one}`),
    );
  }
  if (inside && inside.unread === null) lines.push("", costLine(status));
  return lines.join("\n");
}

function insideLines({ unread, karpenter, pools, waiting, builds }: ClusterStatus): string[] {
  if (unread !== null) return [`inside the cluster  not read: ${unread}`];
  const lines = [`Karpenter  ${karpenter ?? "runs"}`, "", "Pools", ...pools.flatMap(poolLines)];
  if (waiting.length > 0) {
    lines.push("", "Waiting");
    for (const { pod, why, hint, seconds } of waiting) {
      lines.push(`  ${pod}  ${age(seconds)}: ${why}`, ...hint ? [`    ${hint}`] : []);
    }
  }
  if (builds.length > 0) {
    lines.push(
      "",
      "Build Jobs",
      ...table(builds.map(({ image, job, state, seconds }) => [image, job, state, age(seconds)])),
    );
  }
  return lines;
}

function poolLines({ pool, ready, ours, nodes }: PoolStatus): string[] {
  const state = ready === null ? "" : ready ? "Ready" : "not Ready";
  const count = nodes.length === 1 ? "1 node" : `${nodes.length} nodes`;
  const head = [pool, state, count, ours ? "" : "not created by unitune"].filter(Boolean).join("  ");
  const rows = nodes.map((node) => {
    return [
      node.name,
      node.type ?? "?",
      node.capacity ?? "?",
      node.zone ?? "?",
      node.state,
      age(node.seconds),
      price(node),
    ];
  });
  return [`  ${head}`, ...table(rows).map((line) => `  ${line}`)];
}

function price({ usdPerHour, capacity }: NodeStatus): string {
  if (usdPerHour === null) return "price not known";
  return `${capacity === "spot" ? "at most " : ""}${usdPerHour.toFixed(2)} USD an hour`;
}

function costLine({ usdPerHour, region, inside }: Status): string {
  const unknown = inside!.pools.flatMap(({ nodes }) => nodes).filter((node) => node.usdPerHour === null).length;
  const without = unknown === 0 ? "" : `, without ${unknown === 1 ? "1 node" : `${unknown} nodes`} of unknown price`;
  const where = region === PRICES.region ? "" : `; ${region} differs`;
  return `About ${usdPerHour.toFixed(2)} USD an hour for control plane and nodes${without} ` +
    `(on demand in ${PRICES.region}, ${PRICES.asOf}${where}; volumes and traffic come on top)`;
}

/** `3d4h`, `2h5m`, `7m`, `40s`. */
export function age(seconds: number): string {
  const [days, hours, minutes] = [Math.floor(seconds / 86_400), Math.floor(seconds / 3600), Math.floor(seconds / 60)];
  if (days > 0) return `${days}d${hours % 24}h`;
  if (hours > 0) return `${hours}h${minutes % 60}m`;
  return minutes > 0 ? `${minutes}m` : `${Math.round(seconds)}s`;
}

/** Aligned columns, indented. */
function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => row[at]!.length)));
  return rows.map((row) => `  ${row.map((cell, at) => cell.padEnd(widths[at]!)).join("  ").trimEnd()}`);
}
