/** All checks, in the order in which their findings are shown; to add one, add a file and a line here. */
import type { Finding } from "../core/findings.ts";
import type { Phase } from "../plan/changes.ts";
import { account } from "./account.ts";
import { addOns } from "./add_ons.ts";
import { amis } from "./amis.ts";
import type { Check, CheckInput } from "./check.ts";
import { ebsKey } from "./ebs_key.ts";
import { endpoint } from "./endpoint.ts";
import { gpuOfferings } from "./gpu_offerings.ts";
import { kubernetes } from "./kubernetes.ts";
import { network } from "./network.ts";
import { buildNetwork, documentation, sources, tolerations } from "./of_config.ts";
import { ownership } from "./ownership.ts";
import { placement } from "./placement.ts";
import { quotas } from "./quotas.ts";
import { reservations } from "./reservations.ts";
import { serviceCidr } from "./service_cidr.ts";
import { stackStates } from "./stack_states.ts";
import { storage } from "./storage.ts";
import { support } from "./support.ts";
import { systemNodes } from "./system_nodes.ts";

const CHECKS: readonly Check[] = [
  account,
  ownership,
  kubernetes,
  stackStates,
  network,
  documentation,
  endpoint,
  serviceCidr,
  ebsKey,
  systemNodes,
  buildNetwork,
  sources,
  gpuOfferings,
  reservations,
  placement,
  amis,
  support,
  storage,
  addOns,
  tolerations,
  quotas,
];

export { ownership, requiredOwnership } from "./ownership.ts";
export { configFindings } from "./of_config.ts";

/** A check and what it found. */
export interface Checked {
  readonly check: Pick<Check, "code" | "refusal">;
  readonly findings: readonly Finding[];
}

/** Does the check refuse the config? */
export function isRefused({ findings }: Checked): boolean {
  return findings.some(({ severity }) => severity === "error");
}

/** Runs the checks of the planned phases: either those that run before the stacks are compared, or those after. */
export function runChecks(
  only: readonly Phase[],
  when: "before diff" | "after diff",
  input: CheckInput,
): Promise<Checked[]> {
  const due = CHECKS.filter((check) => {
    return (check.afterDiff ?? false) === (when === "after diff") && check.of.some((phase) => only.includes(phase));
  });
  return Promise.all(due.map(async (check) => ({ check, findings: await check.run(input) })));
}

/** Runs every check, whatever another one found, in the order in which findings are shown. */
export async function runAllChecks(input: CheckInput): Promise<Checked[]> {
  return await Promise.all(CHECKS.map(async (check) => ({ check, findings: await check.run(input) })));
}
