/** Before anything is created: can nodes use the key that the config names for their volumes? */
import { coded, type Finding } from "../core/findings.ts";
import { ebsKeyFindings } from "../plan/ebs_key.ts";
import { type Check, type CheckInput, Reader } from "./check.ts";

const CODE = "EBS_KEY";

export const ebsKey: Check = {
  code: CODE,
  of: ["infra", "pools"],
  refusal: (name) => `Cannot encrypt the volumes of the nodes of ${name} with the key that its config names`,
  run: checkEbsKey,
};

async function checkEbsKey({ config: { ebsKey: arn }, ports: { keys }, identity }: CheckInput): Promise<Finding[]> {
  if (arn === null) return [];
  const reader = new Reader(CODE), { account, partition } = identity;
  // A denied read (`null`) differs from a key that does not exist (`found: null`).
  const key = await reader.read("kms:DescribeKey", "whether nodes can use the key of their volumes", async () => {
    return { found: await keys.key(arn) };
  });
  const exists = key?.found !== null;
  const [policy, grants] = await Promise.all([
    exists ? reader.read("kms:GetKeyPolicy", "who may use the key by its policy", () => keys.policy(arn)) : null,
    exists ? reader.read("kms:ListGrants", "who may use the key by a grant", () => keys.grants(arn)) : null,
  ]);
  const found = ebsKeyFindings({ arn, account, partition, key: key?.found, policy, grants });
  return [...coded(CODE, found), ...reader.notes];
}
