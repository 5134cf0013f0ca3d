/** Access entries of a cluster. unitune creates them through the API, and marks its own with tags. */
import {
  type AccessEntry as EksEntry,
  AssociateAccessPolicyCommand,
  CreateAccessEntryCommand,
  DeleteAccessEntryCommand,
  DescribeAccessEntryCommand,
  paginateListAccessEntries,
  paginateListAssociatedAccessPolicies,
  TagResourceCommand,
} from "@aws-sdk/client-eks";
import pLimit from "p-limit";
import { clusterAdminPolicy } from "../../core/names.ts";
import { CLUSTER } from "../../core/pins.ts";
import type { AccessEntry, AccessPurpose, EksPort } from "../../core/ports.ts";
import type { Clients } from "./clients.ts";
import { calling, callingOrNull } from "./errors.ts";
import { itemsOf } from "./pages.ts";

const ABSENT = ["ResourceNotFoundException"];
/** How many entries are described at once: EKS throttles faster callers. */
const AT_ONCE = 4;

type Access = Pick<EksPort, "accessEntries" | "grantAccess" | "revokeAccess">;

export function access(clients: Clients): Access {
  return {
    accessEntries: (cluster) => accessEntries(clients, cluster),
    grantAccess: (cluster, principalArn, purpose) => grantAccess(clients, cluster, principalArn, purpose),
    revokeAccess: async (clusterName, principalArn) => {
      const entry = await describeEntry(clients, clusterName, principalArn);
      if (!entry || !isOurs(entry, clusterName)) return false;
      return await callingOrNull("eks:DeleteAccessEntry", principalArn, ABSENT, async () => {
        return await (await clients.eks()).send(new DeleteAccessEntryCommand({ clusterName, principalArn }));
      }) !== null;
    },
  };
}

async function accessEntries(clients: Clients, clusterName: string): Promise<AccessEntry[]> {
  const arns = await calling("eks:ListAccessEntries", clusterName, async () => {
    const pages = paginateListAccessEntries({ client: await clients.eks() }, { clusterName });
    return await itemsOf(pages, ({ accessEntries }) => accessEntries);
  });
  const limit = pLimit(AT_ONCE);
  const entries = await Promise.all(arns.map((principalArn) =>
    limit(async (): Promise<AccessEntry[]> => {
      const entry = await describeEntry(clients, clusterName, principalArn);
      // Entries of nodes have another type. An entry may have been deleted since it was listed.
      if (entry?.type !== "STANDARD") return [];
      const admin = await isAdmin(clients, clusterName, principalArn);
      return [{ principalArn, ours: isOurs(entry, clusterName), purpose: purposeOf(entry), isAdmin: admin }];
    })
  ));
  return entries.flat();
}

async function grantAccess(
  clients: Clients,
  cluster: string,
  principalArn: string,
  purpose: AccessPurpose,
): Promise<boolean> {
  const entry = await describeEntry(clients, cluster, principalArn);
  // A foreign entry is left alone. One of ours may be incomplete after an interrupted run.
  if (entry && !isOurs(entry, cluster)) return false;
  if (!entry) await createEntry(clients, cluster, principalArn, purpose);
  else if (purposeOf(entry) !== purpose) await tagEntry(clients, entry, purpose);
  else if (await isAdmin(clients, cluster, principalArn)) return false;
  await makeAdmin(clients, cluster, principalArn);
  return true;
}

function describeEntry(clients: Clients, clusterName: string, principalArn: string): Promise<EksEntry | null> {
  return callingOrNull("eks:DescribeAccessEntry", principalArn, ABSENT, async () => {
    const command = new DescribeAccessEntryCommand({ clusterName, principalArn });
    return (await (await clients.eks()).send(command)).accessEntry ?? null;
  });
}

/** Only an entry with our tag is ours. */
function isOurs(entry: EksEntry, cluster: string): boolean {
  return entry.tags?.[CLUSTER.clusterTag] === cluster;
}

function purposeOf({ tags }: EksEntry): AccessPurpose | null {
  const purpose = tags?.[CLUSTER.accessTag];
  return purpose === "admin" || purpose === "caller" ? purpose : null;
}

function adminPolicy(principalArn: string): string {
  return clusterAdminPolicy(principalArn.split(":")[1]!);
}

async function isAdmin(clients: Clients, clusterName: string, principalArn: string): Promise<boolean> {
  return await callingOrNull("eks:ListAssociatedAccessPolicies", principalArn, ABSENT, async () => {
    const asked = { clusterName, principalArn };
    const pages = paginateListAssociatedAccessPolicies({ client: await clients.eks() }, asked);
    const policies = await itemsOf(pages, ({ associatedAccessPolicies }) => associatedAccessPolicies);
    return policies.some(({ policyArn, accessScope }) => {
      return policyArn === adminPolicy(principalArn) && accessScope?.type === "cluster";
    });
  }) ?? false;
}

/** Another run may have created the entry in the meantime, which is fine. */
async function createEntry(
  clients: Clients,
  clusterName: string,
  principalArn: string,
  purpose: AccessPurpose,
): Promise<void> {
  await callingOrNull("eks:CreateAccessEntry", principalArn, ["ResourceInUseException"], async () => {
    const tags = { [CLUSTER.clusterTag]: clusterName, [CLUSTER.accessTag]: purpose };
    return await (await clients.eks()).send(new CreateAccessEntryCommand({ clusterName, principalArn, tags }));
  });
}

async function tagEntry(clients: Clients, { accessEntryArn }: EksEntry, purpose: AccessPurpose): Promise<void> {
  await calling("eks:TagResource", accessEntryArn ?? "", async () => {
    const command = new TagResourceCommand({ resourceArn: accessEntryArn, tags: { [CLUSTER.accessTag]: purpose } });
    await (await clients.eks()).send(command);
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
