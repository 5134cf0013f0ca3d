import {
  AssociateAccessPolicyCommand,
  CreateAccessEntryCommand,
  DeleteAccessEntryCommand,
  DescribeAccessEntryCommand,
  DescribeClusterCommand,
} from "@aws-sdk/client-eks";
import { CLUSTER } from "../../core/pins.ts";
import type { EksPort } from "../../core/ports.ts";
import type { Clients } from "./clients.ts";
import { calling, callingOrNull } from "./errors.ts";
import { clusterToken } from "./token.ts";

const ABSENT = ["ResourceNotFoundException"];
const SPOT_ROLE = "AWSServiceRoleForEC2Spot";

export function eks(clients: Clients): EksPort {
  const describe = (clusterName: string, principalArn: string) =>
    callingOrNull("eks:DescribeAccessEntry", principalArn, ABSENT, async () => {
      const command = new DescribeAccessEntryCommand({ clusterName, principalArn });
      return (await (await clients.eks()).send(command)).accessEntry ?? null;
    });
  return {
    cluster: (name) =>
      callingOrNull("eks:DescribeCluster", name, ABSENT, async () => {
        const { cluster } = await (await clients.eks()).send(new DescribeClusterCommand({ name }));
        return {
          name,
          status: cluster?.status ?? "",
          endpoint: cluster?.endpoint ?? "",
          caData: cluster?.certificateAuthority?.data ?? "",
          version: cluster?.version ?? "",
        };
      }),
    hasAccess: async (cluster, principalArn) => (await describe(cluster, principalArn)) !== null,
    grantAccess: async (clusterName, principalArn) => {
      if (await describe(clusterName, principalArn)) return false;
      await calling("eks:CreateAccessEntry", principalArn, async () => {
        const client = await clients.eks();
        const tags = { [CLUSTER.clusterTag]: clusterName };
        await client.send(new CreateAccessEntryCommand({ clusterName, principalArn, tags }));
        const policyArn = `arn:${
          principalArn.split(":")[1]
        }:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy`;
        const accessScope = { type: "cluster" as const };
        await client.send(new AssociateAccessPolicyCommand({ clusterName, principalArn, policyArn, accessScope }));
      });
      return true;
    },
    revokeAccess: async (clusterName, principalArn) => {
      // An entry that unitune did not make stays: it has not our tag.
      const entry = await describe(clusterName, principalArn);
      if (entry?.tags?.[CLUSTER.clusterTag] !== clusterName) return false;
      await calling("eks:DeleteAccessEntry", principalArn, async () => {
        await (await clients.eks()).send(new DeleteAccessEntryCommand({ clusterName, principalArn }));
      });
      return true;
    },
    token: (cluster) => clusterToken(cluster, clients),
    ensureSpotRole: () => ensureSpotRole(clients),
  };
}

async function ensureSpotRole(clients: Clients): Promise<boolean> {
  const { CreateServiceLinkedRoleCommand, GetRoleCommand } = await import("@aws-sdk/client-iam");
  const iam = await clients.iam();
  const found = await callingOrNull("iam:GetRole", SPOT_ROLE, ["NoSuchEntityException", "NoSuchEntity"], () => {
    return iam.send(new GetRoleCommand({ RoleName: SPOT_ROLE }));
  });
  if (found) return false;
  // Somebody else may have made it meanwhile: AWS then answers InvalidInput.
  const made = await callingOrNull(
    "iam:CreateServiceLinkedRole",
    SPOT_ROLE,
    ["InvalidInputException", "InvalidInput"],
    () => {
      return iam.send(new CreateServiceLinkedRoleCommand({ AWSServiceName: "spot.amazonaws.com" }));
    },
  );
  return made !== null;
}
