/** What a cluster that is gone may leave: in an account, made on purpose, with its tags or with those of another; and what is left inside. */
import * as ec2 from "@aws-sdk/client-ec2";
import * as elb from "@aws-sdk/client-elastic-load-balancing-v2";
import * as iam from "@aws-sdk/client-iam";
import * as logs from "@aws-sdk/client-cloudwatch-logs";
import * as s3 from "@aws-sdk/client-s3";
import type { Emulator } from "./aws/emulator.ts";
import { rootClient } from "./caller.ts";
import { kubectl, tryKubectl } from "./lab.ts";
import { region } from "./layout.ts";

type Where = Pick<Emulator, "url">;

/** An instance, a launch template, a network interface, an instance profile with its role, a placement group, a load balancer with its group, a log group, and two disks. */
export async function leaveBehind(emulator: Where, cluster: string): Promise<void> {
  const machines = new ec2.EC2Client(rootClient(emulator)), names = new iam.IAMClient(rootClient(emulator));
  const tagged = (ResourceType: ec2.ResourceType, ...tags: readonly [string, string][]) => {
    return [{ ResourceType, Tags: tags.map(([Key, Value]) => ({ Key, Value })) }];
  };
  const owned = [`kubernetes.io/cluster/${cluster}`, "owned"] as [string, string];
  const pool = ["karpenter.sh/nodepool", "left"] as [string, string];
  const ours = ["unitune:cluster", cluster] as [string, string];
  await machines.send(
    new ec2.RunInstancesCommand({
      InstanceType: "m7i.large",
      MinCount: 1,
      MaxCount: 1,
      TagSpecifications: tagged("instance", owned, pool, ours),
    }),
  );
  await machines.send(
    new ec2.CreateLaunchTemplateCommand({
      LaunchTemplateName: `left-by-${cluster}`,
      LaunchTemplateData: { InstanceType: "m7i.large" },
      TagSpecifications: tagged("launch-template", owned, pool, ours),
    }),
  );
  const { Subnets } = await machines.send(new ec2.DescribeSubnetsCommand({}));
  const { NetworkInterface } = await machines.send(
    new ec2.CreateNetworkInterfaceCommand({ SubnetId: Subnets![0]!.SubnetId }),
  );
  await machines.send(
    new ec2.CreateTagsCommand({
      Resources: [NetworkInterface!.NetworkInterfaceId!],
      Tags: [{ Key: "cluster.k8s.amazonaws.com/name", Value: cluster }],
    }),
  );
  await machines.send(
    new ec2.CreatePlacementGroupCommand({
      GroupName: `left-by-${cluster}`,
      Strategy: "cluster",
      TagSpecifications: tagged("placement-group", ours),
    }),
  );
  const balancers = new elb.ElasticLoadBalancingV2Client(rootClient(emulator));
  await balancers.send(
    new elb.CreateLoadBalancerCommand({
      Name: `left-by-${cluster}`.slice(0, 32),
      Type: "network",
      Subnets: [Subnets![0]!.SubnetId!],
      Tags: [{ Key: "elbv2.k8s.aws/cluster", Value: cluster }],
    }),
  );
  await machines.send(
    new ec2.CreateSecurityGroupCommand({
      GroupName: `k8s-elb-${cluster}`,
      Description: "Security group for Kubernetes ELB",
      VpcId: Subnets![0]!.VpcId,
      TagSpecifications: tagged("security-group", owned),
    }),
  );
  const InstanceProfileName = `left-by-${cluster}`, RoleName = InstanceProfileName;
  await names.send(new iam.CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: "{}" }));
  await names.send(
    new iam.CreateInstanceProfileCommand({
      InstanceProfileName,
      Path: `/karpenter/${region}/${cluster}/`,
      Tags: [owned, ours].map(([Key, Value]) => ({ Key, Value })),
    }),
  );
  await names.send(new iam.AddRoleToInstanceProfileCommand({ InstanceProfileName, RoleName }));
  const disk = { AvailabilityZone: `${region}a`, Size: 1 };
  for (const tags of [[ours], [ours, ["CSIVolumeName", "pvc-1"] as [string, string]]]) {
    await machines.send(new ec2.CreateVolumeCommand({ ...disk, TagSpecifications: tagged("volume", ...tags) }));
  }
  const groups = new logs.CloudWatchLogsClient(rootClient(emulator));
  await groups.send(new logs.CreateLogGroupCommand({ logGroupName: `/aws/eks/${cluster}/cluster` }));
}

/** An upload that nobody finished, in the cluster's bucket of contexts. */
export async function leaveUpload(emulator: Where, cluster: string): Promise<void> {
  const client = new s3.S3Client(rootClient(emulator));
  const { Buckets } = await client.send(new s3.ListBucketsCommand({}));
  const Bucket = Buckets!.find(({ Name }) => Name!.startsWith(`${cluster}-eks-`))!.Name;
  await client.send(new s3.CreateMultipartUploadCommand({ Bucket, Key: "segments/unfinished" }));
}

/** Everything in the API server that apply could have made. */
export async function leftInCluster(): Promise<string[]> {
  const found: string[] = [];
  for (const kind of ["nodepools", "ec2nodeclasses", "nodeclaims"]) {
    const { code, stdout } = await tryKubectl(["get", kind, "-o", "name"]);
    if (code === 0) found.push(...stdout.split("\n").filter(Boolean)); // with the charts, the kinds themselves go
  }
  const ours = ["-l", "app.kubernetes.io/managed-by=unitune", "-o", "name"];
  const names = await kubectl(["get", "namespaces,clusterrolebindings", ...ours]);
  const inside = await kubectl(["get", "configmaps,secrets,deployments,pods,jobs,serviceaccounts", "-A", ...ours]);
  const helm = await kubectl(["get", "secrets", "-A", "-l", "owner=helm", "-o", "name"]);
  const crds = (await kubectl(["get", "crds", "-o", "name"])).split("\n").filter((name) => name.includes("karpenter"));
  return [...found, ...crds, ...[names, inside, helm].flatMap((text) => text.split("\n").filter(Boolean))];
}
