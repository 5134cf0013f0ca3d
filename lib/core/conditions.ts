/** `status.conditions` of Kubernetes objects, and whether they describe the current generation of the object. */

/** An object whose controller reports conditions. */
export interface Conditioned {
  readonly metadata: { readonly generation?: number; readonly deletionTimestamp?: string };
  readonly status?: Reported;
}

/** Conditions as a controller reports them. */
export interface Reported {
  readonly conditions?: readonly {
    readonly type: string;
    readonly status: string;
    readonly reason?: string;
    readonly message?: string;
    readonly observedGeneration?: number;
  }[];
}

export interface Condition {
  /** `Ready`, `SubnetsReady`, `Launched`, … */
  readonly type: string;
  readonly status: "True" | "False" | "Unknown";
  readonly reason: string;
  readonly message: string;
  /** Does it describe the current generation, or an older one? */
  readonly current: boolean;
}

/** The state of an object with a `Ready` condition. */
type Standing =
  | { readonly state: "ready" }
  /** At least one condition is False. */
  | { readonly state: "failing"; readonly unmet: readonly Condition[] }
  /** The controller has observed this generation, but at least one condition is still undecided. */
  | { readonly state: "stuck"; readonly unmet: readonly Condition[] }
  /** The controller has not reported on this generation yet. */
  | { readonly state: "silent" };

/** Reasons that only say that other conditions are not met, and conditions that are not part of `Ready`. */
const CONSEQUENCES: readonly string[] = ["DependenciesNotReady"];
const INDEPENDENT: readonly string[] = ["NodeRegistrationHealthy"];

export function conditionsOf({ metadata: { generation = 0 }, status }: Conditioned): Condition[] {
  return (status?.conditions ?? []).map(
    ({ type, status, reason = "", message = "", observedGeneration = generation }) => {
      const known = status === "True" || status === "False" ? status : "Unknown";
      return { type, status: known, reason, message, current: observedGeneration >= generation };
    },
  );
}

export function conditionOf(object: Conditioned, type: string): Condition | null {
  return conditionsOf(object).find((condition) => condition.type === type) ?? null;
}

/** The object's condition of this type, if it has this status. */
export function conditionIs(object: Conditioned, type: string, status: "True" | "False"): Condition | null {
  return conditionsOf(object).find((condition) => condition.type === type && condition.status === status) ?? null;
}

export function standingOf(object: Conditioned): Standing {
  const all = conditionsOf(object);
  const ready = all.find(({ type }) => type === "Ready");
  if (ready?.status === "True" && ready.current && !object.metadata.deletionTimestamp) return { state: "ready" };
  const parts = all.filter(({ type }) => type !== "Ready" && !INDEPENDENT.includes(type));
  if (!parts.some(({ status, current }) => current && status !== "Unknown")) return { state: "silent" };
  const unmet = parts.filter(({ status, current }) => !current || status !== "True");
  const causes = unmet.filter(({ reason }) => !CONSEQUENCES.includes(reason));
  const failed = causes.filter(({ status, current }) => current && status === "False");
  if (failed.length > 0) return { state: "failing", unmet: failed };
  return { state: "stuck", unmet: causes.length > 0 ? causes : unmet };
}

/** `SubnetsReady is False, SubnetsNotFound: SubnetSelector did not match any Subnets`. */
export function conditionText({ type, status, reason, message, current }: Condition): string {
  if (!current) return `${type} is not known for the current spec`;
  return `${type} is ${status}${reason && `, ${reason}`}${message && `: ${message}`}`;
}
