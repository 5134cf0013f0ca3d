/** Do the account's quotas allow what the pools may launch? */
import { hasCode } from "../core/errors.ts";
import { coded, type Finding, note } from "../core/findings.ts";
import { quotaFindings, quotaNeeds } from "../plan/quotas.ts";
import { type Check, type CheckInput, Reader } from "./check.ts";

const CODE = "QUOTA";
const WHAT = "whether the account's quotas allow what the pools may launch";

/** Warns only: a quota counts what else runs in the account, and EC2 may raise it at any time. */
export const quotas: Check = {
  code: CODE,
  of: ["infra", "pools"],
  refusal: (name) => `Cannot launch the nodes of ${name} within the account's quotas`,
  run: checkQuotas,
};

async function checkQuotas({ config, ports }: CheckInput): Promise<Finding[]> {
  const reader = new Reader(CODE);
  try {
    const values = await reader.read("servicequotas:GetServiceQuota", WHAT, async () => {
      const found = await Promise.all(
        quotaNeeds(config).map(async ({ service, code }) => {
          return [code, await ports.quotas.value(service, code)] as const;
        }),
      );
      return new Map(found.filter((entry): entry is readonly [string, number] => entry[1] !== null));
    });
    return [...values ? coded(CODE, quotaFindings(config, values)) : [], ...reader.notes];
  } catch (error) {
    // A plan does not fail for a warning that it cannot give.
    if (!hasCode(error, "AWS_UNREACHABLE", "AWS_BUSY")) throw error;
    return [note(CODE, `not checked: ${WHAT} (${error.message})`)];
  }
}
