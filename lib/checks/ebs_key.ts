/** Before anything is created: can nodes use the key that the config names for their volumes? */
import { coded, type Finding } from "../core/findings.ts";
import { ebsKeyFindings } from "../plan/ebs_key.ts";
import { type Check, type CheckInput, Reader } from "./check.ts";

const CODE = "EBS_KEY";

export const ebsKey: Check = {
  code: CODE,
  of: ["infra", "pools"],
  refusal: (name) => `Cannot encrypt the volumes of ${name}'s nodes by the key that its config names`,
  run: checkEbsKey,
};

async function checkEbsKey({ config: { ebsKey: arn }, ports: { keys }, identity }: CheckInput): Promise<Finding[]> {
  if (arn === null) return [];
  const reader = new Reader(CODE), { account, partition } = identity;
  // What is read is told apart from what is not there.
  const key = await reader.read("kms:DescribeKey", "whether nodes can use the key of volumes", async () => {
    return { found: await keys.key(arn) };
  });
  const there = key?.found !== null;
  const [policy, grants] = await Promise.all([
    there ? reader.read("kms:GetKeyPolicy", "whom the key's policy names", () => keys.policy(arn)) : null,
    there ? reader.read("kms:ListGrants", "to whom the key is granted", () => keys.grants(arn)) : null,
  ]);
  const found = ebsKeyFindings({ arn, account, partition, key: key?.found, policy, grants });
  return [...coded(CODE, found), ...reader.notes];
}
