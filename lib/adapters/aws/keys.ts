/** Existing KMS keys: their state, and who may use them. */
import { DescribeKeyCommand, GetKeyPolicyCommand, paginateListGrants } from "@aws-sdk/client-kms";
import type { KeysPort } from "../../core/ports.ts";
import type { Clients } from "./clients.ts";
import { calling, callingOrNull } from "./errors.ts";
import { itemsOf } from "./pages.ts";

export function keys(clients: Clients): KeysPort {
  return {
    key: (KeyId) =>
      callingOrNull("kms:DescribeKey", KeyId, ["NotFoundException"], async () => {
        const { KeyMetadata: key } = await (await clients.kms()).send(new DescribeKeyCommand({ KeyId }));
        return { state: key?.KeyState ?? "", symmetric: key?.KeySpec === "SYMMETRIC_DEFAULT" };
      }),
    policy: (KeyId) =>
      calling("kms:GetKeyPolicy", KeyId, async () => {
        return (await (await clients.kms()).send(new GetKeyPolicyCommand({ KeyId }))).Policy ?? "";
      }),
    grants: (KeyId) =>
      calling("kms:ListGrants", KeyId, async () => {
        const pages = paginateListGrants({ client: await clients.kms() }, { KeyId });
        return (await itemsOf(pages, ({ Grants }) => Grants)).map(({ GranteePrincipal = "", Operations = [] }) => {
          return { grantee: GranteePrincipal, operations: Operations };
        });
      }),
  };
}
