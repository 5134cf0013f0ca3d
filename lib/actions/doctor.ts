/** Examines what an apply depends on: every check, however the others end, and what `apply` would only find later. */
import { runAllChecks } from "../checks/mod.ts";
import { hasCode } from "../core/errors.ts";
import { coded, type Finding, note } from "../core/findings.ts";
import type { Identity } from "../core/ports.ts";
import { versionSteps } from "../plan/versions.ts";
import type { Operation } from "./operation.ts";
import { ensureAllowed } from "./steps/permissions.ts";

/** What `doctor` found. */
export interface Diagnosis {
  /** Name of the cluster. */
  readonly name: string;
  /** Its region. */
  readonly region: string;
  /** Whose account and credentials they are. */
  readonly caller: Identity;
  /** How much was examined. */
  readonly checks: number;
  /** What was found: errors, then warnings, then notes. */
  readonly findings: readonly Finding[];
}

/** What an apply with images needs. */
const PARTS = ["bootstrap", "stacks", "access", "images", "contexts"] as const;
const ORDER: readonly Finding["severity"][] = ["error", "warning", "note"];

export async function diagnose(operation: Operation): Promise<Diagnosis> {
  const { ports, config, session, assemblies } = operation;
  const [caller, cluster, deployed, stacks] = await Promise.all([
    session.caller(),
    session.cluster(),
    session.deployed(),
    // As if everything were new, so that no check finds nothing to look at.
    assemblies.diff(),
  ]);
  const bucket = deployed?.contextBucket ?? null;
  const kubernetes = deployed && cluster ? cluster.version : null,
    steps = versionSteps(kubernetes, config.cluster.version);
  const checked = await runAllChecks({ config, ports, identity: caller, cluster, bucket, kubernetes, steps, stacks });
  const own = await Promise.all([permissions(operation), spotRole(operation), leftovers(operation)]);
  const findings = [...checked.flatMap(({ findings }) => findings), ...own.flat()];
  return {
    name: config.name,
    region: config.region,
    caller,
    checks: checked.length + own.length,
    findings: findings.toSorted((a, b) => ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity)),
  };
}

/** What IAM's simulation denies, with the policy to attach. */
async function permissions(operation: Operation): Promise<Finding[]> {
  const warnings: string[] = [];
  const emit: typeof operation.emit = (event) => event.type === "warning" && warnings.push(event.message);
  try {
    await ensureAllowed("apply", PARTS, { ...operation, emit });
    return warnings.map((message) => note("PERMISSIONS", message));
  } catch (error) {
    if (!hasCode(error, "PERMISSIONS_MISSING")) throw error;
    const message = [error.message, ...error.lines].join("\n");
    return [{ code: "PERMISSIONS", severity: "error", path: "", message, hint: error.hint ?? "" }];
  }
}

async function spotRole({ config, ports: { eks } }: Operation): Promise<Finding[]> {
  if (!config.pools.some(({ capacity }) => capacity.includes("spot"))) return [];
  try {
    if (await eks.hasSpotRole()) return [];
  } catch (error) {
    if (!hasCode(error, "AWS_DENIED")) throw error;
    return [note("SPOT_ROLE", "not checked without iam:GetRole: whether the service-linked role for spot exists")];
  }
  const message = "the account has no service-linked role for spot instances yet: apply creates it";
  const hint = "aws iam create-service-linked-role --aws-service-name spot.amazonaws.com, where apply may not";
  return coded("SPOT_ROLE", [{ severity: "note", path: "", message, hint }]);
}

/** A living cluster has instances, interfaces and templates of its own. */
async function leftovers({ config: { name }, session, ports }: Operation): Promise<Finding[]> {
  if (await session.cluster()) return [];
  try {
    const left = await ports.leftovers.find(name);
    if (left.length === 0) return [];
    const message = `an earlier cluster ${name} left ${left.map(({ kind, id }) => `${kind} ${id}`).join(", ")}`;
    return coded("LEFTOVERS", [{ severity: "warning", path: "name", message, hint: "`unitune destroy` deletes it" }]);
  } catch (error) {
    if (!hasCode(error, "AWS_DENIED")) throw error;
    return [note("LEFTOVERS", `not checked: what an earlier cluster ${name} left behind (${error.message})`)];
  }
}
