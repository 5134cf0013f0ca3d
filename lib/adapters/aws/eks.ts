import {
  type AccessEntry,
  AssociateAccessPolicyCommand,
  CreateAccessEntryCommand,
  DeleteAccessEntryCommand,
  DescribeAccessEntryCommand,
  DescribeClusterCommand,
  ListAssociatedAccessPoliciesCommand,
  paginateDescribeAddonVersions,
} from "@aws-sdk/client-eks";
import { CLUSTER } from "../../core/pins.ts";
import type { ClusterInfo, EksPort } from "../../core/ports.ts";
import type { Clients } from "./clients.ts";
import { calling, callingOrNull } from "./errors.ts";
import { clusterToken } from "./token.ts";

const ABSENT = ["ResourceNotFoundException"];
const NO_SUCH_ADD_ON = [...ABSENT, "InvalidParameterException"];
const SPOT_ROLE = "AWSServiceRoleForEC2Spot";

export function eks(clients: Clients): EksPort {
  return {
    cluster: (name) => describeCluster(clients, name),
    addOnVersions: (name, kubernetes) => addOnVersions(clients, name, kubernetes),
    hasAccess: async (cluster, principalArn) => {
      const entry = await describeEntry(clients, cluster, principalArn);
      return entry !== null && (!isOurs(entry, cluster) || await isAdmin(clients, cluster, principalArn));
    },
    grantAccess: async (cluster, principalArn) => {
      const entry = await describeEntry(clients, cluster, principalArn);
      // What somebody else's entry allows is theirs to say; one of ours may come from a run that was cut.
      if (entry && (!isOurs(entry, cluster) || await isAdmin(clients, cluster, principalArn))) return false;
      if (!entry) await createEntry(clients, cluster, principalArn);
      await makeAdmin(clients, cluster, principalArn);
      return true;
    },
    revokeAccess: async (clusterName, principalArn) => {
      const entry = await describeEntry(clients, clusterName, principalArn);
      if (!entry || !isOurs(entry, clusterName)) return false;
      return await callingOrNull("eks:DeleteAccessEntry", principalArn, ABSENT, async () => {
        return await (await clients.eks()).send(new DeleteAccessEntryCommand({ clusterName, principalArn }));
      }) !== null;
    },
    token: (cluster) => clusterToken(cluster, clients),
    ensureSpotRole: () => ensureSpotRole(clients),
  };
}

function describeCluster(clients: Clients, name: string): Promise<ClusterInfo | null> {
  return callingOrNull("eks:DescribeCluster", name, ABSENT, async () => {
    const { cluster } = await (await clients.eks()).send(new DescribeClusterCommand({ name }));
    return {
      name,
      status: cluster?.status ?? "",
      endpoint: cluster?.endpoint ?? "",
      caData: cluster?.certificateAuthority?.data ?? "",
      version: cluster?.version ?? "",
      vpcId: cluster?.resourcesVpcConfig?.vpcId ?? "",
      subnetIds: cluster?.resourcesVpcConfig?.subnetIds ?? [],
    };
  });
}

async function addOnVersions(clients: Clients, addonName: string, kubernetesVersion: string): Promise<string[]> {
  return await callingOrNull("eks:DescribeAddonVersions", addonName, NO_SUCH_ADD_ON, async () => {
    const asked = { addonName, kubernetesVersion };
    const pages = await Array.fromAsync(paginateDescribeAddonVersions({ client: await clients.eks() }, asked));
    return pages.flatMap(({ addons = [] }) => addons)
      .flatMap(({ addonVersions = [] }) => addonVersions)
      .map(({ addonVersion = "" }) => addonVersion);
  }) ?? [];
}

function describeEntry(clients: Clients, clusterName: string, principalArn: string): Promise<AccessEntry | null> {
  return callingOrNull("eks:DescribeAccessEntry", principalArn, ABSENT, async () => {
    const command = new DescribeAccessEntryCommand({ clusterName, principalArn });
    return (await (await clients.eks()).send(command)).accessEntry ?? null;
  });
}

/** Only what has our tag was made by us. */
function isOurs(entry: AccessEntry, cluster: string): boolean {
  return entry.tags?.[CLUSTER.clusterTag] === cluster;
}

function adminPolicy(principalArn: string): string {
  return `arn:${principalArn.split(":")[1]}:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy`;
}

async function isAdmin(clients: Clients, clusterName: string, principalArn: string): Promise<boolean> {
  return await calling("eks:ListAssociatedAccessPolicies", principalArn, async () => {
    const command = new ListAssociatedAccessPoliciesCommand({ clusterName, principalArn });
    const { associatedAccessPolicies = [] } = await (await clients.eks()).send(command);
    return associatedAccessPolicies.some(({ policyArn }) => policyArn === adminPolicy(principalArn));
  });
}

/** A second runner may have made the entry meanwhile: then it is there all the same. */
async function createEntry(clients: Clients, clusterName: string, principalArn: string): Promise<void> {
  await callingOrNull("eks:CreateAccessEntry", principalArn, ["ResourceInUseException"], async () => {
    const tags = { [CLUSTER.clusterTag]: clusterName };
    return await (await clients.eks()).send(new CreateAccessEntryCommand({ clusterName, principalArn, tags }));
  });
}

async function makeAdmin(clients: Clients, clusterName: string, principalArn: string): Promise<void> {
  await calling("eks:AssociateAccessPolicy", principalArn, async () => {
    const policyArn = adminPolicy(principalArn);
    const accessScope = { type: "cluster" as const };
    const command = new AssociateAccessPolicyCommand({ clusterName, principalArn, policyArn, accessScope });
    await (await clients.eks()).send(command);
  });
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
