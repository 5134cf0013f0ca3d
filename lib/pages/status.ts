/** Where a project stands, as a page. */
import { PRICES } from "../core/facts/prices.ts";
import { formatBytes } from "../core/units.ts";
import { age } from "../plan/describe_status.ts";
import type { ClusterStatus, PoolStatus, Status } from "../plan/status.ts";
import { page } from "./document.ts";
import { type Html, markup } from "./html.ts";
import { code, facts, list, type Section, state, table, tableOr, usd } from "./parts.ts";

/** A status, as `status --json` prints it. */
export interface StatusDocument extends Status {
  /** Version of the document. */
  readonly version: number;
}

/** The page of a status: one HTML document, which loads nothing. */
export function statusPage(status: StatusDocument): string {
  const { name, region, inside, leftovers } = status;
  return page({
    title: `Status of ${name} in ${region}`,
    summary: summaryOf(status),
    sections: [
      { id: "overview", title: "Overview", body: overview(status) },
      { id: "stacks", title: "Stacks", body: stacks(status) },
      ...inside === null ? [] : insideSections(inside),
      { id: "images", title: "Images", body: images(status) },
      ...leftovers.length === 0 ? [] : [{
        id: "leftovers",
        title: "Left behind",
        body: markup`<p>unitune destroy deletes it.</p>\n${list(leftovers)}`,
      }],
    ],
    data: { status },
  });
}

function summaryOf({ cluster, inside }: Status): string {
  if (!cluster) return "The cluster does not exist.";
  const nodes = inside?.pools.reduce((sum, { nodes }) => sum + nodes.length, 0) ?? 0;
  return `The cluster is ${cluster.status}, with ${nodes === 1 ? "1 node" : `${nodes} nodes`}.`;
}

function overview({ name, region, account, at, cluster, inside, usdPerHour }: Status): Html {
  const text = new Date(at).toISOString();
  return facts([
    ["Cluster", name],
    ["Region", region],
    ["Account", account],
    ["Read at", markup`<time datetime="${text}">${text.slice(0, 19).replace("T", " ")} UTC</time>`],
    ...cluster
      ? [["State", cluster.status], ["Kubernetes", cluster.version], ["API server", code(cluster.endpoint)]] as const
      : [["State", "does not exist"]] as const,
    ...inside
      ? [
        ["Karpenter", inside.unread === null ? inside.karpenter ?? "runs" : "not read"],
        ["Price now", `${usd(usdPerHour)} an hour (on demand in ${PRICES.region}, ${PRICES.asOf})`],
      ] as const
      : [],
  ]);
}

function stacks({ stacks }: Status): Html {
  return table({
    caption: "CloudFormation stacks, in the order of their deployment",
    columns: ["Stack", "Status"],
    rows: stacks.map(({ stack, status }) => [stack, status ?? "does not exist"]),
  });
}

function insideSections({ unread, pools, waiting, builds }: ClusterStatus): Section[] {
  if (unread !== null) return [{ id: "cluster", title: "Cluster", body: markup`<p>Not read: ${unread}</p>\n` }];
  const jobs = builds.map(({ image, job, state: how, seconds }) => [image, code(job), state(how), age(seconds)]);
  const pods = waiting.map(({ pod, why, hint, seconds }) => [code(pod), age(seconds), why, hint]);
  return [
    { id: "pools", title: "Pools and nodes", body: markup`${pools.map(poolOf)}` },
    {
      id: "waiting",
      title: "Waiting pods",
      body: tableOr("No pod waits.", {
        caption: "Pods that do not run yet",
        columns: ["Pod", "Waits for", "Why", "Next step"],
        rows: pods,
      }),
    },
    {
      id: "builds",
      title: "Build Jobs",
      body: tableOr("The cluster has no build Job.", {
        caption: "Jobs that build images",
        columns: ["Image", "Job", "State", "Age"],
        rows: jobs,
      }),
    },
  ];
}

function poolOf({ pool, ready, ours, nodes }: PoolStatus): Html {
  const words = [ready === null ? "" : ready ? "Ready" : "not Ready", ours ? "" : "not created by unitune"];
  return markup`<h3>${[pool, ...words.filter((word) => word !== "")].join(", ")}</h3>
${
    tableOr("No node.", {
      caption: `Nodes of pool ${pool}, the oldest first`,
      columns: ["Node", "State", "Type", "Capacity", "Zone", "Age", "On demand an hour"],
      numbers: ["On demand an hour"],
      rows: nodes.map(({ name, state: how, type, capacity, zone, seconds, usdPerHour }) => [
        code(name),
        state(how),
        type ?? "not known",
        capacity ?? "not known",
        zone ?? "not known",
        age(seconds),
        usd(usdPerHour),
      ]),
    })
  }`;
}

function images({ images }: Status): Html {
  return tableOr("The config declares no image.", {
    caption: "Images of the config",
    columns: ["Image", "Digest", "Size, compressed", "Pushed"],
    numbers: ["Size, compressed"],
    rows: images.map(({ image, digest, bytes, seconds }) => [
      image,
      digest === null ? "not built: its inputs have changed, or it never was" : code(digest),
      bytes === null ? "" : formatBytes(bytes),
      seconds === null ? "" : `${age(seconds)} ago`,
    ]),
  });
}
