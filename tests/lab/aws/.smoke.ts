import { startEmulator } from "./emulator.ts";
import { App, Stack } from "aws-cdk-lib/core";
import * as ec2 from "aws-cdk-lib/aws-ec2";
import * as eks from "aws-cdk-lib/aws-eks-v2";
import * as iam from "aws-cdk-lib/aws-iam";
import * as kms from "aws-cdk-lib/aws-kms";
import {
  BaseCredentials,
  BootstrapEnvironments,
  NonInteractiveIoHost,
  StackSelectionStrategy,
  Toolkit,
} from "@aws-cdk/toolkit-lib";
const port = 4597;
const emulator = await startEmulator({ account: "111122223355", port });
Deno.env.set("AWS_ENDPOINT_URL", emulator.url);
Deno.env.set("AWS_ACCESS_KEY_ID", "test");
Deno.env.set("AWS_SECRET_ACCESS_KEY", "test");
Deno.env.set("AWS_REGION", "us-west-2");
Deno.env.set("AWS_EC2_METADATA_DISABLED", "true");
Deno.env.set("CDK_HOME", await Deno.makeTempDir());
try {
  const toolkit = new Toolkit({
    ioHost: {
      notify: async (m: any) => {
        if (m.level === "error" || m.code?.startsWith("CDK_TOOLKIT_I55") || m.level === "result") {
          console.log(m.code, String(m.message).slice(0, 300));
        }
      },
      requestResponse: async (m: any) => m.defaultResponse,
    } as any,
    sdkConfig: { baseCredentials: BaseCredentials.awsCliCompatible({ defaultRegion: "us-west-2" }) } as any,
  });
  console.log("bootstrap");
  let t = performance.now();
  await toolkit.bootstrap(BootstrapEnvironments.fromList(["aws://111122223355/us-west-2"]));
  console.log("boot", performance.now() - t);
  const src = (taint = "a") =>
    toolkit.fromAssemblyBuilder(async () => {
      const app = new App(
        { analyticsReporting: false, treeMetadata: false, builtinCloudFormationValidation: false } as any,
      );
      const env = { account: "111122223355", region: "us-west-2" };
      const v = new Stack(app, "acme-vpc", { env });
      const vpc = new ec2.Vpc(v, "Vpc", {
        availabilityZones: ["us-west-2a", "us-west-2b"],
        natGateways: 2,
        flowLogs: { all: {} },
        restrictDefaultSecurityGroup: false,
        gatewayEndpoints: { s3: { service: ec2.GatewayVpcEndpointAwsService.S3 } },
      });
      vpc.addInterfaceEndpoint("ecr", { service: ec2.InterfaceVpcEndpointAwsService.ECR });
      const s = new Stack(app, "acme-eks", { env });
      const c = new eks.Cluster(s, "Cluster", {
        clusterName: "acme",
        version: eks.KubernetesVersion.of("1.35"),
        vpc,
        defaultCapacityType: eks.DefaultCapacityType.NODEGROUP,
        defaultCapacity: 0,
        secretsEncryptionKey: new kms.Key(s, "K"),
        bootstrapClusterCreatorAdminPermissions: false,
        clusterLogging: [eks.ClusterLoggingTypes.API],
        tags: { a: taint },
      });
      const ng = c.addNodegroupCapacity("system", { minSize: 2, desiredSize: 2 });
      new eks.Addon(s, "cni", { cluster: c, addonName: "vpc-cni" });
      new eks.AccessEntry(s, "ae", {
        cluster: c,
        principal: "arn:aws:iam::111122223355:role/x",
        accessPolicies: [
          eks.AccessPolicy.fromAccessPolicyName("AmazonEKSClusterAdminPolicy", {
            accessScopeType: eks.AccessScopeType.CLUSTER,
          }),
        ],
      });
      const role = new iam.Role(s, "R", {
        assumedBy: new iam.SessionTagsPrincipal(new iam.ServicePrincipal("pods.eks.amazonaws.com")),
      });
      new eks.CfnPodIdentityAssociation(s, "pia", {
        clusterName: c.clusterName,
        namespace: "kube-system",
        serviceAccount: "karpenter",
        roleArn: role.roleArn,
      });
      void ng;
      return app.synth();
    });
  for (const tag of ["a", "a", "b"]) {
    t = performance.now();
    const cx = await toolkit.synth(await src(tag));
    const r = await toolkit.deploy(
      cx,
      { stacks: { strategy: StackSelectionStrategy.ALL_STACKS }, deploymentMethod: { method: "change-set" } } as any,
    );
    console.log(
      "deploy",
      performance.now() - t,
      JSON.stringify(r.stacks.map((x: any) => [x.stackName, x.noOp, x.outputs])),
    );
    await cx.dispose();
  }
  t = performance.now();
  const cx = await toolkit.synth(await src("b"));
  await toolkit.destroy(cx, { stacks: { strategy: StackSelectionStrategy.ALL_STACKS } } as any);
  console.log("destroy", performance.now() - t);
} finally {
  await emulator.stop();
}
