/** The first step of every run that changes AWS: checks that all of it is allowed, and lists everything that is not. */
import { hasCode, UnituneError } from "../../core/errors.ts";
import type { Identity, Ports } from "../../core/ports.ts";
import type { Command, PermissionPart } from "../../permissions/parts.ts";
import { policyDocuments } from "../../permissions/policies.ts";
import { callerPermissions } from "../../permissions/table.ts";
import { judge, type Need, needLines } from "../../permissions/verdict.ts";
import type { Operation } from "../operation.ts";
import type { Outcome } from "../run.ts";

/** Id of the step. */
export const PERMISSIONS_STEP = "permissions";

/** Checks these parts of a command. Throws one error with every denied action and a policy that allows them. */
export async function ensureAllowed(
  command: Command,
  parts: readonly PermissionPart[],
  operation: Operation,
): Promise<Outcome> {
  const caller = await operation.session.identity();
  return await ensureNeeds(command, callerPermissions(command, operation.config, { parts, caller }), operation);
}

/** The same for any list of permissions. Changes nothing. */
export async function ensureNeeds(
  command: Command,
  all: readonly Need[],
  { config, session, ports, emit }: Operation,
): Promise<Outcome> {
  const caller = await session.identity(), needs = all.filter((need) => !session.asked.has(keyOf(need)));
  if (needs.length === 0) return { state: "unchanged", detail: "already checked" };
  const warn = (message: string) => emit({ type: "warning", id: PERMISSIONS_STEP, message });
  const decisions = await simulated(caller, needs, ports).catch((error) => {
    if (!isUnanswered(error)) throw error;
    warn(`not checked: ${error.message}`);
    return null;
  });
  const { missing, weaker, unsure } = decisions ? judge(needs, decisions) : { missing: [], weaker: [], unsure: [] };
  if (missing.length > 0) throw denied(command, config.name, caller, needs.length, missing);
  for (const { action, optional } of weaker) warn(`${action} is denied: ${optional}`);
  if (unsure.length > 0) {
    const actions = [...new Set(unsure.map(({ action }) => action))];
    warn(`uncertain until the calls are made, as a policy has conditions: ${actions.join(", ")}`);
  }
  for (const need of needs) session.asked.add(keyOf(need));
  return { state: "done", detail: decisions ? `${needs.length} AWS permissions` : "not checked" };
}

function keyOf({ action, resources }: Need): string {
  return `${action} ${resources.join(" ")}`;
}

async function simulated(caller: Identity, needs: readonly Need[], ports: Pick<Ports, "permissions">) {
  const { principalArn } = caller;
  if (/^arn:[^:]+:iam::\d+:(user|role)\//.test(principalArn)) {
    return await ports.permissions.simulate(principalArn, needs);
  }
  const what = principalArn.endsWith(":root")
    ? "the account's root user, whom no policy limits"
    : "neither a user nor a role";
  throw new UnituneError("NOT_SIMULATED", `Cannot ask IAM what ${principalArn} may do: it is ${what}`);
}

/** IAM gave no answer, which says nothing about the call itself. A lost network or an expired key ends the run. */
function isUnanswered(error: unknown): error is UnituneError {
  return hasCode(error, "AWS_DENIED", "AWS_CALL", "NOT_SIMULATED");
}

function denied(
  command: Command,
  name: string,
  { principalArn }: Identity,
  asked: number,
  missing: readonly Need[],
): UnituneError {
  const policies = policyDocuments(missing).flatMap((policy) => ["", ...JSON.stringify(policy, null, 2).split("\n")]);
  return new UnituneError(
    "PERMISSIONS_MISSING",
    `Cannot ${command} ${name} as ${missing.length} of ${asked} AWS permissions are denied to ${principalArn}`,
    {
      path: principalArn,
      lines: [...needLines(missing), ...policies],
      hint: "Attach this policy to the principal, then run the same command again; nothing was changed. " +
        "`unitune synth --out DIR` writes the complete policy of each command to DIR/permissions",
    },
  );
}
