/** A plan as a JSON document: what `--json` prints, and what the page of `--html` shows. Pure. */
import { type Finding, lineOf } from "../core/findings.ts";
import type { Identity } from "../core/ports.ts";
import { DOCUMENT_VERSION } from "../core/version.ts";
import { isNoop } from "./changes.ts";
import { type Cost, costOf } from "./cost.ts";
import { type QuotaUse, quotaUses } from "./quotas.ts";
import type { BuildSpec, Change, Endpoint, Plan } from "./types.ts";

/** An image, and what its build is made from. */
export interface PlannedImage {
  /** Its key in `images`. */
  readonly image: string;
  /** Its repository in ECR. */
  readonly repository: string;
  /** The platforms that it is built for. */
  readonly platforms: readonly string[];
  /** The pool that builds it. */
  readonly pool: string;
  /** The images that it starts from. */
  readonly needs: readonly string[];
  /** Its build context. */
  readonly context: { readonly digest: string; readonly bytes: number };
}

/** An upgrade of Kubernetes. */
export interface Upgrade {
  /** The version that is deployed. */
  readonly deployed: string;
  /** The version of the config. */
  readonly wanted: string;
  /** The versions on the way. */
  readonly steps: readonly string[];
}

/** A plan as data. */
export interface PlanDocument {
  /** Version of the document. */
  readonly version: 1;
  /** Name of the cluster. */
  readonly name: string;
  /** Its region. */
  readonly region: string;
  /** `null`: no cluster is upgraded. */
  readonly kubernetes: Upgrade | null;
  /** Whether the plan changes anything. */
  readonly changed: boolean;
  /** Whose credentials it was planned with; `null`: offline. */
  readonly caller: Identity | null;
  /** The steps. */
  readonly changes: readonly Change[];
  /** Who reaches the API server. */
  readonly endpoint: Endpoint;
  /** What is built, or would be. */
  readonly images: readonly PlannedImage[];
  /** USD. */
  readonly cost: Cost;
  /** Quotas of the account that the config meets. */
  readonly quotas: readonly QuotaUse[];
  /** What the checks found. */
  readonly findings: readonly Finding[];
  /** The findings and everything else to know, each in one line. */
  readonly notes: readonly string[];
}

/** The document of a plan. */
export function planDocument(plan: Plan): PlanDocument {
  const { config, caller, changes, findings } = plan;
  return {
    version: DOCUMENT_VERSION,
    name: config.name,
    region: config.region,
    kubernetes: upgradeOf(plan),
    changed: !isNoop(plan),
    caller,
    changes,
    endpoint: config.cluster.endpoint,
    images: plan.builds.map(plannedImage),
    cost: costOf(config),
    quotas: quotaUses(config, new Map(Object.entries(plan.quotas ?? {}))),
    findings,
    notes: [...findings.map(lineOf), ...plan.notes],
  };
}

function plannedImage({ image, needs, context: { digest, bytes } }: BuildSpec): PlannedImage {
  const { name, repository, platforms, pool } = image;
  return {
    image: name,
    repository,
    platforms,
    pool,
    needs: needs.map(({ image }) => image),
    context: { digest, bytes },
  };
}

/** The deployed version, the wanted one, and the steps between them; `null` if there is no cluster to upgrade. */
function upgradeOf({ changes, config }: Plan): Upgrade | null {
  const steps = changes.flatMap((change) =>
    (change.kind === "kubernetes" || change.kind === "stacks") && change.kubernetes ? [change.kubernetes] : []
  );
  if (steps.length === 0) return null;
  return { deployed: steps[0]!.from, wanted: config.cluster.version, steps: steps.map(({ to }) => to) };
}
