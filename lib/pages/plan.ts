/** A plan as a page of its own: graph, steps, field by field, nodes, exposure, price, quotas, images. */
import { PRICES } from "../core/facts/prices.ts";
import type { Finding } from "../core/findings.ts";
import { formatBytes } from "../core/units.ts";
import { countsOf } from "../plan/describe.ts";
import type { PlanDocument } from "../plan/document.ts";
import type { Change } from "../plan/types.ts";
import { details, picture, stepTable } from "./changes.ts";
import { page } from "./document.ts";
import { type Html, markup, NOTHING } from "./html.ts";
import { code, facts, list, notice, type Section, state, tableOr, usd } from "./parts.ts";

/** The page of a plan: one HTML document, which loads nothing. */
export function planPage(plan: PlanDocument): string {
  const { name, region } = plan;
  return page({
    title: `Plan for ${name} in ${region}`,
    summary: countsOf(plan.changes),
    sections: [...planSections(plan, () => undefined)],
    data: { plan },
  });
}

/** `wordOf`: how a step ended, if the plan ran. */
export function planSections(plan: PlanDocument, wordOf: (change: Change) => string | undefined): Section[] {
  const { changes } = plan;
  return [
    { id: "plan", title: "The plan", body: overview(plan) },
    { id: "graph", title: "Graph", body: picture(changes, wordOf) },
    { id: "steps", title: "Steps", body: stepTable(changes) },
    { id: "details", title: "Details", body: details(changes) },
    { id: "nodes", title: "Nodes that roll", body: nodes(changes) },
    { id: "exposure", title: "Exposure and IAM", body: exposure(plan) },
    { id: "cost", title: "Price", body: cost(plan) },
    { id: "quotas", title: "Quotas", body: quotas(plan) },
    { id: "images", title: "Images", body: images(plan) },
  ].filter(({ body }) => body.text !== "");
}

function overview({ name, region, caller, kubernetes, changed, findings, notes }: PlanDocument): Html {
  const rows: (readonly [string, Html | string])[] = [
    ["Cluster", name],
    ["Region", region],
    ["Account", caller?.account ?? "none: planned offline"],
    ...caller ? [["Planned as", code(caller.principalArn)] as const] : [],
    ["Changes", changed ? "yes" : "no"],
    ...kubernetes ? [["Kubernetes", [kubernetes.deployed, ...kubernetes.steps].join(" → ")] as const] : [],
  ];
  return markup`${facts(rows)}${findings.map(findingOf)}${list(notes.slice(findings.length))}`;
}

function findingOf({ severity, code, path, message, hint, place }: Finding): Html {
  const where = place ? `${place.file}:${place.line}:${place.column}` : "";
  return notice(severity, [code, where, path], message, NOTHING, hint);
}

/** System nodes follow the version of Kubernetes; of other nodes Karpenter replaces those that no longer match. */
function nodes(changes: readonly Change[]): Html {
  const steps = changes.flatMap((change) => "kubernetes" in change && change.kubernetes ? [change.kubernetes] : []);
  const system = steps.map(({ from, to }) => ["system", "", "all", `Kubernetes ${from} → ${to}`, "one by one", ""]);
  const pools = changes.flatMap((change) => {
    if (change.kind === "ready" && change.rolls) return [{ pool: change.pool, ...change.rolls }];
    return change.kind === "prune" && change.rolls ? [{ pool: change.ref.name, ...change.rolls }] : [];
  });
  const rows = pools.map(({ pool, nodes, all, because, budgets, held }) => {
    const which = all ? "all" : "those that no longer match";
    return [pool, nodes, which, because.join(", "), budgets.join(", "), held.join(", ")];
  });
  return tableOr("No change of this plan replaces nodes.", {
    caption: "Nodes that are replaced, and what limits it",
    columns: ["Pool", "Nodes now", "Replaced", "Because", "At once", "Held by"],
    numbers: ["Nodes now"],
    rows: [...system, ...rows],
  });
}

function exposure({ endpoint, changes }: PlanDocument): Html {
  const stacks = changes.flatMap((change) => change.kind === "stacks" ? change.diffs : []);
  const rows = stacks.flatMap(({ stack, changes }) => {
    const sensitive = changes.filter(({ resourceType }) => isSensitive(resourceType));
    return sensitive.map(({ logicalId, resourceType, action }) => {
      return [code(logicalId), state(action), resourceType, stack];
    });
  });
  const [api, ranges] = endpoint.kind === "public"
    ? ["open to these ranges, and to the VPC", endpoint.publicFrom]
    : ["private: reached only from the VPC and networks connected to it", []];
  const changed = tableOr("No IAM resource and no security group changes.", {
    caption: "IAM resources and security groups that change",
    columns: ["Resource", "Action", "Type", "Stack"],
    rows,
  });
  return markup`${facts([["API server", api]])}${list(ranges.map(code))}${changed}
<p>Access entries, and the policies of CloudFormation's role, are among the <a href="#details">details</a>.</p>
`;
}

const SENSITIVE = /^AWS::(IAM::|EKS::(AccessEntry|PodIdentityAssociation)$|EC2::SecurityGroup|KMS::|S3::BucketPolicy$)/;

function isSensitive(resourceType: string): boolean {
  return SENSITIVE.test(resourceType);
}

function cost({ cost: { floorPerHour, floorPerMonth, ceilingPerHour, caches, pools } }: PlanDocument): Html {
  const sums = facts([
    ["Floor, without pods", `${usd(floorPerHour)} an hour, about ${Math.round(floorPerMonth)} USD a month`],
    ["Of it, cache volumes of builds", `${caches.volumes} with ${caches.gib} GiB, ${caches.perMonth} USD a month`],
    ["Ceiling, at all limits", `${usd(ceilingPerHour)}${ceilingPerHour === null ? "" : " an hour"}`],
  ]);
  const each = tableOr("No pool is declared.", {
    caption: "Each pool at its limit, on its dearest instance types",
    columns: ["Pool", "Floor an hour", "Limit", "Ceiling an hour"],
    numbers: ["Floor an hour", "Ceiling an hour"],
    rows: pools.map(({ pool, limit, ceilingPerHour }) => [pool, usd(0), limit, usd(ceilingPerHour)]),
  });
  return markup`${sums}${each}
<p>On demand in ${PRICES.region}, ${PRICES.asOf}; without traffic and volumes of nodes.</p>
`;
}

function quotas({ quotas }: PlanDocument): Html {
  return tableOr("No quota is known that the config meets.", {
    caption: "Quotas of the account that the config meets",
    columns: ["Quota", "Code", "Counted in", "Least", "Everything at its limit", "Held", "Enough"],
    numbers: ["Least", "Everything at its limit", "Held"],
    rows: quotas.map(({ name, code: id, unit, least, most, held }) => {
      const enough = held === null ? "not read" : held >= most ? "yes" : held >= least ? "not for all limits" : "no";
      return [name, code(id), unit, least, most, held ?? "not read", enough];
    }),
  });
}

function images({ images, changes }: PlanDocument): Html {
  const actions = new Map(changes.flatMap((change) => change.kind === "build" ? [[change.image, change]] : []));
  return tableOr("No image is planned.", {
    caption: "Images and their build contexts",
    columns: [
      "Image",
      "Action",
      "Why",
      "Context",
      "Digest of the context",
      "Platforms",
      "Starts from",
      "Pool",
      "Repository",
    ],
    numbers: ["Context"],
    rows: images.map(({ image, repository, platforms, pool, needs, context }) => {
      const change = actions.get(image);
      return [
        image,
        change ? state(change.action) : "",
        change?.because ?? "",
        formatBytes(context.bytes),
        code(context.digest.slice(0, 12)),
        platforms.join(", "),
        needs.join(", "),
        pool,
        repository,
      ];
    }),
  });
}
