/** Do the account's quotas allow what the pools may launch? */
import { coded, type Finding } from "../core/findings.ts";
import { quotaFindings, quotaNeeds } from "../plan/quotas.ts";
import { type Check, type CheckInput, Reader } from "./check.ts";

const CODE = "QUOTA";

/** Warns only: a quota counts what else runs in the account, and EC2 may raise it at any time. */
export const quotas: Check = {
  code: CODE,
  of: ["infra", "pools"],
  refusal: (name) => `Cannot launch the nodes of ${name} within the account's quotas`,
  run: checkQuotas,
};

async function checkQuotas({ config, ports }: CheckInput): Promise<Finding[]> {
  const reader = new Reader(CODE), what = "whether the account's quotas allow what the pools may launch";
  const values = await reader.read("servicequotas:GetServiceQuota", what, async () => {
    const found = await Promise.all(
      quotaNeeds(config).map(async ({ service, code }) => {
        return [code, await ports.quotas.value(service, code)] as const;
      }),
    );
    return new Map(found.filter((entry): entry is readonly [string, number] => entry[1] !== null));
  });
  return [...values ? coded(CODE, quotaFindings(config, values)) : [], ...reader.notes];
}
