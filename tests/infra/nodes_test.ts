import assert from "node:assert/strict";
import { clusterOf } from "../../lib/config/resolve/infra.ts";
import { KUBERNETES } from "../../lib/core/facts/kubernetes.ts";
import { largest, smallest } from "./config.ts";
import { all, only, synthesized } from "./templates.ts";

Deno.test("network add-ons stand before the system nodes, and CoreDNS comes after them", async () => {
  const { eks } = await synthesized(smallest());
  const addons = new Map(all(eks, "AWS::EKS::Addon").map((addon) => [addon.Properties.AddonName, addon]));
  assert.deepEqual([...addons.keys()].sort(), ["coredns", "eks-pod-identity-agent", "kube-proxy", "vpc-cni"]);
  const nodes = only(eks, "AWS::EKS::Nodegroup");
  const before = ["vpc-cni", "kube-proxy", "eks-pod-identity-agent"];
  for (const name of before) assert.ok(nodes.DependsOn.includes(addons.get(name).id), name);
  for (const name of before) assert.equal(addons.get(name).DependsOn, undefined, name);
  assert.deepEqual(addons.get("coredns").DependsOn, [nodes.id]);
  for (const addon of addons.values()) assert.deepEqual(addon.Properties.ClusterName, nodes.Properties.ClusterName);
});

Deno.test("volumes of the system nodes are encrypted, by the config's own key if it names one", async () => {
  const disks = async (ebsKey: string | null) => {
    const { eks } = await synthesized(smallest({ ebsKey }));
    const [template] = all(eks, "AWS::EC2::LaunchTemplate");
    return template!.Properties.LaunchTemplateData.BlockDeviceMappings.map(({ Ebs }: { Ebs: unknown }) => Ebs);
  };
  const ebs = (VolumeSize: number) => ({ DeleteOnTermination: true, Encrypted: true, VolumeSize, VolumeType: "gp3" });
  assert.deepEqual(await disks(null), [ebs(4), ebs(30)]);
  const KmsKeyId = "arn:aws:kms:us-west-2:123456789012:key/0123-abcd";
  assert.deepEqual(await disks(KmsKeyId), [{ ...ebs(4), KmsKeyId }, { ...ebs(30), KmsKeyId }]);
});

Deno.test("an add-on that the config adds comes after the nodes, whatever its name", async () => {
  const addOns = { "aws-ebs-csi-driver": {}, "a-first-one": { version: "v1.2.3-eksbuild.4" } } as const;
  const { eks } = await synthesized(smallest({ cluster: clusterOf({ endpoint: "private", addOns }) }));
  const nodes = only(eks, "AWS::EKS::Nodegroup");
  for (const name of Object.keys(addOns)) {
    const addon = only(eks, "AWS::EKS::Addon", ({ AddonName }) => AddonName === name);
    assert.deepEqual(addon.DependsOn, [nodes.id], name);
  }
});

Deno.test("the add-ons of every cluster have the versions of its Kubernetes, and one that the config names stays", async () => {
  for (const version of ["1.34", "1.35", "1.36"] as const) {
    const { eks } = await synthesized(smallest({ cluster: clusterOf({ version, endpoint: "private" }) }));
    assert.deepEqual(versionsOf(eks), KUBERNETES[version].addOns, version);
  }
  const addOns = { coredns: { version: "v1.14.2-eksbuild.4" }, "aws-ebs-csi-driver": {} } as const;
  const { eks } = await synthesized(smallest({ cluster: clusterOf({ endpoint: "private", addOns }) }));
  const { coredns, "aws-ebs-csi-driver": driver } = versionsOf(eks);
  assert.deepEqual([coredns, driver], ["v1.14.2-eksbuild.4", undefined]);
});

function versionsOf(eks: Parameters<typeof all>[0]): Record<string, string | undefined> {
  return Object.fromEntries(
    all(eks, "AWS::EKS::Addon").map(({ Properties }) => {
      return [Properties.AddonName, Properties.AddonVersion];
    }),
  );
}

Deno.test("two Bottlerocket nodes on demand, at the cluster's version", async () => {
  const { eks } = await synthesized(largest());
  const { Properties } = only(eks, "AWS::EKS::Nodegroup");
  assert.equal(Properties.AmiType, "BOTTLEROCKET_x86_64");
  assert.equal(Properties.CapacityType, "ON_DEMAND");
  assert.equal(Properties.Version, "1.36");
  assert.deepEqual(Properties.ScalingConfig, { MinSize: 2, DesiredSize: 2, MaxSize: 3 });
  assert.equal(Properties.NodegroupName, undefined, "a name would make a replacement fail");
});

Deno.test("system nodes have the release of their version, and keep off what does not belong there", async () => {
  const { eks } = await synthesized(smallest());
  const { Properties } = only(eks, "AWS::EKS::Nodegroup");
  assert.equal(Properties.ReleaseVersion, "1.66.0-1ad6b4a4");
  assert.deepEqual(Properties.Taints, [{ Effect: "NO_SCHEDULE", Key: "CriticalAddonsOnly", Value: "true" }]);
});

Deno.test("whatever makes another node makes another group, as CloudFormation and EKS change none in place; their number does not", async () => {
  const idOf = async (change: Parameters<typeof smallest>[0]) => {
    return only((await synthesized(smallest(change))).eks, "AWS::EKS::Nodegroup").id;
  };
  const nodes = (systemNodes: NonNullable<Parameters<typeof clusterOf>[0]>["systemNodes"]) => {
    return { cluster: clusterOf({ endpoint: "private", systemNodes }) };
  };
  const id = await idOf({});
  assert.equal(await idOf(nodes({ count: 3 })), id);
  const others = await Promise.all([
    idOf({ tags: { team: "research" } }),
    idOf(nodes({ release: "1.62.1-ea1afdd6" })),
    idOf(nodes({ disk: "50Gi" })),
    idOf(nodes({ instanceTypes: ["m5.large"] })),
    idOf({ cluster: clusterOf({ endpoint: "private", version: "1.34" }) }),
  ]);
  assert.equal(new Set([id, ...others]).size, 6);
});

Deno.test("system nodes demand IMDSv2 within one hop, encrypt both disks, and carry the tags", async () => {
  const { eks } = await synthesized(largest());
  const { LaunchTemplateData } = only(eks, "AWS::EC2::LaunchTemplate").Properties;
  assert.deepEqual(LaunchTemplateData.MetadataOptions, {
    HttpEndpoint: "enabled",
    HttpPutResponseHopLimit: 1,
    HttpTokens: "required",
  });
  for (const { Ebs } of LaunchTemplateData.BlockDeviceMappings) assert.equal(Ebs.Encrypted, true);
  assert.deepEqual(LaunchTemplateData.TagSpecifications[0], {
    ResourceType: "instance",
    Tags: [
      { Key: "Name", Value: "acme-ml-prod-system" },
      { Key: "cost-center", Value: "42" },
      { Key: "team", Value: "research" },
      { Key: "unitune:cluster", Value: "acme-ml-prod" },
    ],
  });
});
