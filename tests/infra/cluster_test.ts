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

Deno.test("Services have the range that the config names, which the stack tells; without one EKS chooses", async () => {
  assert.equal((await eksCluster()).Properties.KubernetesNetworkConfig, undefined);
  const { eks } = await synthesized(smallest({ cluster: { ...cluster, serviceCidr: "192.168.128.0/20" } }));
  const { Properties } = only(eks, "AWS::EKS::Cluster");
  assert.deepEqual(Properties.KubernetesNetworkConfig, { ServiceIpv4Cidr: "192.168.128.0/20" });
  assert.equal(eks.toJSON().Outputs.ServiceCidr.Value, "192.168.128.0/20");
  assert.equal((await synthesized(smallest())).eks.toJSON().Outputs.ServiceCidr, undefined);
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

Deno.test("admins change no byte of a template: apply keeps their access entries, as a stack fails over one that is there", async () => {
  const admins = ["arn:aws:iam::123456789012:role/ops/platform", "arn:aws:iam::123456789012:user/alice"];
  const [before, after] = await Promise.all(
    [[], admins].map((admins) => synthesized(smallest({ cluster: { ...cluster, admins } }))),
  );
  assert.equal(after!.files["acme-eks.template.json"], before!.files["acme-eks.template.json"]);
  const entries = all(after!.eks, "AWS::EKS::AccessEntry").map(({ Properties }) => Properties.Type);
  assert.deepEqual(entries, ["EC2_LINUX"]);
});

Deno.test("control plane and system nodes stay in two zones: EKS takes no third one later", async () => {
  const { eks } = await synthesized(smallest({ network: ownNetwork({ azs: 3 }) }));
  const { SubnetIds } = only(eks, "AWS::EKS::Cluster").Properties.ResourcesVpcConfig;
  assert.equal(SubnetIds.length, 2);
  assert.deepEqual(only(eks, "AWS::EKS::Nodegroup").Properties.Subnets, SubnetIds);
});
