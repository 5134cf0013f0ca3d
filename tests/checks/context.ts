/** What tests of checks share: an account as they make it up, requests that fail, and what becomes of findings. */
import assert from "node:assert/strict";
import type { Check, CheckInput } from "../../lib/checks/check.ts";
import { isUnituneError, UnituneError } from "../../lib/core/errors.ts";
import { lineOf } from "../../lib/core/findings.ts";
import type { Ports } from "../../lib/core/ports.ts";
import { refuseErrors } from "../../lib/actions/refuse.ts";
import type { Some } from "../fakes/operation.ts";
import type { Config } from "../../lib/plan/types.ts";

/** The ports that a check asks, as far as it asks them: any other request fails the test. */
export type SomePorts = Some<Ports>;

/** An account without a cluster. */
export function contextOf(config: Config, ports: SomePorts, more: Partial<CheckInput> = {}): CheckInput {
  const identity = { account: "123456789012", principalArn: "", partition: "aws" };
  const nothing = { cluster: null, bucket: null, kubernetes: null, steps: [], stacks: [] };
  return { config, ports: ports as Ports, identity, ...nothing, ...more };
}

/** The lines that a plan tells of a check; throws what ends the run. */
export async function told(check: Check, context: CheckInput): Promise<string[]> {
  return refuseErrors(context.config.name, [{ check, findings: await check.run(context) }]).map(lineOf);
}

/** The error that ends the run. */
export async function refused(checked: Promise<unknown>): Promise<UnituneError> {
  const error = await checked.then(() => undefined, (error) => error);
  assert.ok(isUnituneError(error), `expected a refusal, got ${error}`);
  return error;
}

/** A request that the caller has no right to. */
export const denied = (action: string) => () => Promise.reject(new UnituneError("AWS_DENIED", `Cannot call ${action}`));

/** A request that is not made. */
export const never = () => Promise.reject(new Error("nothing is to be asked"));
