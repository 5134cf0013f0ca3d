/** ECR registries that the cluster pulls from in place of the vendors': who may read them and fill their caches. */
import { Aws } from "aws-cdk-lib/core";
import type { CfnRole, CfnRoleProps } from "aws-cdk-lib/aws-iam";
import type { Construct } from "constructs";
import { CLUSTER } from "../lib/core/pins.ts";
import { ecrRegistry, parseReference } from "../lib/core/registries.ts";
import type { Config } from "../lib/plan/types.ts";
import { answerWildcards } from "./answers.ts";
import type { ControlPlane } from "./cluster.ts";
import { PodRole } from "./iam.ts";
import { policy, type PolicyDocument, type Statement } from "./policy.ts";

const PULL = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"];
/** What the first pull through a cache also needs: ECR then creates the repository and fetches the image. */
const FILL = ["ecr:BatchImportUpstreamImage", "ecr:CreateRepository"];

/** Why the policy has wildcards. */
const MIRRORED = "What lies below the mirrors that the config names; logging in has no resource";

/** `host/prefix/*` as IAM names it. */
function repositoryArn(pattern: string): string {
  const slash = pattern.indexOf("/"), { account, region } = ecrRegistry(pattern.slice(0, slash))!;
  return `arn:${Aws.PARTITION}:ecr:${region}:${account}:repository/${pattern.slice(slash + 1)}`;
}

/** Statements that allow reading and filling these repositories (`host/repository`, `host/prefix/*`), if any. */
export function pullFrom(patterns: readonly string[]): Statement[] {
  if (patterns.length === 0) return [];
  return [{ Sid: "PullMirrors", Effect: "Allow", Action: [...PULL, ...FILL], Resource: patterns.map(repositoryArn) }];
}

/** Statements that allow reading these repositories, if any. */
export function readFrom(patterns: readonly string[]): Statement[] {
  if (patterns.length === 0) return [];
  return [{ Sid: "PullBases", Effect: "Allow", Action: PULL, Resource: patterns.map(repositoryArn) }];
}

type Mirrored = Pick<Config, "mirrors">;

/** Nodes may pull from any ECR repository; a cache without a repository yet requires more rights. */
function fillMirrors({ mirrors }: Mirrored): PolicyDocument | null {
  const patterns = Object.values(mirrors).filter((mirror) => ecrRegistry(mirror.split("/")[0]!) !== null);
  if (patterns.length === 0) return null;
  const Resource = [...new Set(patterns)].toSorted().map((mirror) => repositoryArn(`${mirror}/*`));
  return policy({ Sid: "FillMirrors", Effect: "Allow", Action: FILL, Resource });
}

/** Inline policies of a node role, if any. */
export function nodeMirrors(mirrored: Mirrored): Pick<CfnRoleProps, "policies"> {
  const policyDocument = fillMirrors(mirrored);
  return policyDocument ? { policies: [{ policyName: "mirrors", policyDocument }] } : {};
}

/** Answers cdk-nag for these policies. */
export function answerMirrors(role: CfnRole, mirrored: Mirrored): void {
  const policyDocument = fillMirrors(mirrored);
  if (policyDocument) answerWildcards(role, MIRRORED, policyDocument);
}

/** A role for the Job that installs Karpenter, if its charts are in ECR: unlike a kubelet, Helm logs in by itself. */
export function installerRole(scope: Construct, config: Config, cluster: ControlPlane): void {
  const { name, region, karpenter: { chart, crdChart } } = config;
  const charts = [chart, crdChart].map(parseReference).filter(({ host }) => ecrRegistry(host) !== null);
  if (charts.length === 0) return;
  const role = new PodRole(scope, "Installer", {
    clusterName: name,
    cluster,
    region,
    namespace: CLUSTER.installNamespace,
    serviceAccount: CLUSTER.installerAccount,
    description: `Helm's Job of EKS cluster ${name}: reads Karpenter's charts`,
  });
  role.allow(
    "Charts",
    MIRRORED,
    { Sid: "LogIn", Effect: "Allow", Action: "ecr:GetAuthorizationToken", Resource: "*" },
    ...pullFrom(charts.map(({ host, repository }) => `${host}/${repository}`)),
  );
}
