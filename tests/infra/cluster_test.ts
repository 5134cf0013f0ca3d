import assert from "node:assert/strict";
import { ownNetwork, smallest } from "./config.ts";
import { all, only, synthesized } from "./templates.ts";

const cluster = smallest().cluster;

async function eksCluster(change: Partial<typeof cluster> = {}) {
  const { eks } = await synthesized(smallest({ cluster: { ...cluster, ...change } }));
  return only(eks, "AWS::EKS::Cluster");
}

Deno.test("the cluster has the config's name and version, access entries only, and nothing bootstrapped", async () => {
  const { Properties } = await eksCluster({ version: "1.34" });
  assert.equal(Properties.Name, "acme");
  assert.equal(Properties.Version, "1.34");
  assert.deepEqual(Properties.AccessConfig, {
    AuthenticationMode: "API",
    BootstrapClusterCreatorAdminPermissions: false,
  });
  assert.equal(Properties.BootstrapSelfManagedAddons, false);
  assert.equal(Properties.ComputeConfig, undefined, "Auto Mode stays off");
});

Deno.test("a private endpoint is private", async () => {
  const { SubnetIds: _, ...access } = (await eksCluster()).Properties.ResourcesVpcConfig;
  assert.deepEqual(access, { EndpointPrivateAccess: true, EndpointPublicAccess: false });
});

Deno.test("a public endpoint is open to the named ranges only, and private inside the VPC", async () => {
  const endpoint = { kind: "public", publicFrom: ["203.0.113.0/24", "198.51.100.7/32"] } as const;
  const { SubnetIds: _, ...access } = (await eksCluster({ endpoint })).Properties.ResourcesVpcConfig;
  assert.deepEqual(access, {
    EndpointPrivateAccess: true,
    EndpointPublicAccess: true,
    PublicAccessCidrs: ["203.0.113.0/24", "198.51.100.7/32"],
  });
});

Deno.test("all five logs go to a group that the stack owns before the cluster can make it", async () => {
  const { eks } = await synthesized(smallest());
  const group = only(eks, "AWS::Logs::LogGroup", ({ LogGroupName }) => LogGroupName === "/aws/eks/acme/cluster");
  assert.equal(group.Properties.RetentionInDays, 365);
  assert.equal(group.DeletionPolicy, "Delete");
  const made = only(eks, "AWS::EKS::Cluster");
  assert.ok(made.DependsOn.includes(group.id));
  assert.deepEqual(
    made.Properties.Logging.ClusterLogging.EnabledTypes.map(({ Type }: { Type: string }) => Type),
    ["api", "audit", "authenticator", "controllerManager", "scheduler"],
  );
});

Deno.test("secrets are encrypted by a key that rotates and goes with the stack", async () => {
  const { eks } = await synthesized(smallest());
  const key = only(eks, "AWS::KMS::Key");
  assert.equal(key.Properties.EnableKeyRotation, true);
  assert.equal(key.DeletionPolicy, "Delete");
  assert.deepEqual(only(eks, "AWS::EKS::Cluster").Properties.EncryptionConfig, [{
    Resources: ["secrets"],
    Provider: { KeyArn: { "Fn::GetAtt": [key.id, "Arn"] } },
  }]);
});

Deno.test("each admin has an access entry of its own, whatever the order of the list", async () => {
  const admins = ["arn:aws:iam::123456789012:role/ops/platform", "arn:aws:iam::123456789012:user/alice"];
  const entries = async (list: string[]) => {
    const { eks } = await synthesized(smallest({ cluster: { ...cluster, admins: list } }));
    return all(eks, "AWS::EKS::AccessEntry").filter(({ Properties }) => Properties.Type === "STANDARD")
      .map(({ id, Properties }) => [id, Properties.PrincipalArn, JSON.stringify(Properties.AccessPolicies)]).sort();
  };
  const found = await entries(admins);
  assert.deepEqual(found.map(([, arn]) => arn).sort(), admins);
  for (const [, , policies] of found) {
    assert.match(policies ?? "", /cluster-access-policy\/AmazonEKSClusterAdminPolicy/);
    assert.match(policies ?? "", /"AccessScope":\{"Type":"cluster"\}/);
  }
  assert.deepEqual(await entries(admins.toReversed()), found);
  assert.deepEqual(await entries([]), []);
});

Deno.test("control plane and system nodes stay in two zones: EKS takes no third one later", async () => {
  const { eks } = await synthesized(smallest({ network: ownNetwork({ azs: 3 }) }));
  const { SubnetIds } = only(eks, "AWS::EKS::Cluster").Properties.ResourcesVpcConfig;
  assert.equal(SubnetIds.length, 2);
  assert.deepEqual(only(eks, "AWS::EKS::Nodegroup").Properties.Subnets, SubnetIds);
});
