import { DescribeClusterCommand, paginateDescribeAddonVersions } from "@aws-sdk/client-eks";
import type { ClusterInfo, EksPort } from "../../core/ports.ts";
import { access } from "./access.ts";
import type { Clients } from "./clients.ts";
import { callingOrNull } from "./errors.ts";
import { itemsOf } from "./pages.ts";
import { clusterToken } from "./token.ts";

const ABSENT = ["ResourceNotFoundException"];
const NO_SUCH_ADD_ON = [...ABSENT, "InvalidParameterException"];
const SPOT_ROLE = "AWSServiceRoleForEC2Spot";

export function eks(clients: Clients): EksPort {
  return {
    cluster: (name) => describeCluster(clients, name),
    addOnVersions: (name, kubernetes) => addOnVersions(clients, name, kubernetes),
    ...access(clients),
    token: (cluster) => clusterToken(cluster, clients),
    hasSpotRole: () => hasSpotRole(clients),
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
      serviceCidr: cluster?.kubernetesNetworkConfig?.serviceIpv4Cidr ?? "",
      tags: cluster?.tags ?? {},
    };
  });
}

async function addOnVersions(clients: Clients, addonName: string, kubernetesVersion: string): Promise<string[]> {
  return await callingOrNull("eks:DescribeAddonVersions", addonName, NO_SUCH_ADD_ON, async () => {
    const request = { addonName, kubernetesVersion };
    const pages = paginateDescribeAddonVersions({ client: await clients.eks() }, request);
    return (await itemsOf(pages, ({ addons }) => addons))
      .flatMap(({ addonVersions = [] }) => addonVersions)
      .map(({ addonVersion = "" }) => addonVersion);
  }) ?? [];
}

async function hasSpotRole(clients: Clients): Promise<boolean> {
  const { GetRoleCommand } = await import("@aws-sdk/client-iam");
  const iam = await clients.iam();
  return await callingOrNull("iam:GetRole", SPOT_ROLE, ["NoSuchEntity"], () => {
    return iam.send(new GetRoleCommand({ RoleName: SPOT_ROLE }));
  }) !== null;
}

async function ensureSpotRole(clients: Clients): Promise<boolean> {
  if (await hasSpotRole(clients)) return false;
  const { CreateServiceLinkedRoleCommand } = await import("@aws-sdk/client-iam");
  const iam = await clients.iam();
  // Another caller may have created it in the meantime: AWS then answers InvalidInput.
  const created = await callingOrNull(
    "iam:CreateServiceLinkedRole",
    SPOT_ROLE,
    ["InvalidInput"],
    () => {
      return iam.send(new CreateServiceLinkedRoleCommand({ AWSServiceName: "spot.amazonaws.com" }));
    },
  );
  return created !== null;
}
