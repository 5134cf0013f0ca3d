/** Roles with the rights that a config grants to add-ons and to ServiceAccounts of workloads. */
import { Aws } from "aws-cdk-lib/core";
import { CfnRole } from "aws-cdk-lib/aws-iam";
import type { Construct } from "constructs";
import { dnsSuffix } from "../lib/core/names.ts";
import type { Rights } from "../lib/plan/types.ts";
import { answerManaged, answerWildcards } from "./answers.ts";
import { awsManagedPolicy, podTrust } from "./iam.ts";
import { policy, type Statement } from "./policy.ts";

interface RightsProps {
  readonly clusterName: string;
  readonly region: string;
  readonly description: string;
  /** Statements besides the managed policies. */
  readonly statements?: readonly Statement[];
}

/** The whole role is one resource: whoever assumes it has all of its rights from the start. */
export function rightsRole(scope: Construct, id: string, rights: Rights, props: RightsProps): CfnRole {
  const { namespace, serviceAccount, policies } = rights;
  const managedPolicyArns = policies.map((one) => one.startsWith("arn:") ? one : awsManagedPolicy(one));
  const statements = [...bucketStatements(rights), ...keyStatements(rights), ...props.statements ?? []];
  const role = new CfnRole(scope, id, {
    description: props.description,
    assumeRolePolicyDocument: podTrust({ ...props, namespace, serviceAccount }),
    ...(managedPolicyArns.length > 0 && { managedPolicyArns }),
    ...(statements.length > 0 && { policies: [{ policyName: "rights", policyDocument: policy(...statements) }] }),
  });
  answerManaged(role, "The policies that EKS documents for the add-on, or that the config names", managedPolicyArns);
  answerWildcards(role, "Every object of the buckets that the config names", policy(...statements));
  return role;
}

function bucketStatements({ buckets }: Rights): Statement[] {
  const arns = (names: readonly string[], objects = "") => {
    return names.map((name) => `arn:${Aws.PARTITION}:s3:::${name}${objects}`);
  };
  const all = buckets.map(({ name }) => name), written = buckets.filter(({ write }) => write).map(({ name }) => name);
  const allow = (Sid: string, Action: string | readonly string[], Resource: readonly string[]): Statement[] => {
    return Resource.length > 0 ? [{ Sid, Effect: "Allow", Action, Resource }] : [];
  };
  return [
    ...allow("ListBuckets", "s3:ListBucket", arns(all)),
    ...allow("ReadObjects", "s3:GetObject", arns(all, "/*")),
    ...allow("WriteObjects", ["s3:AbortMultipartUpload", "s3:DeleteObject", "s3:PutObject"], arns(written, "/*")),
  ];
}

/** Keys may be used only through S3, in the region of their ARN, which is the bucket's. */
function keyStatements({ kmsKeys, buckets }: Rights): Statement[] {
  const regions = [...new Set(kmsKeys.map((arn) => arn.split(":")[3]!))].toSorted();
  const writes = buckets.some(({ write }) => write);
  return regions.map((region, at): Statement => ({
    Sid: `UseKeys${at === 0 ? "" : at + 1}`,
    Effect: "Allow",
    Action: ["kms:Decrypt", ...writes ? ["kms:GenerateDataKey"] : []],
    Resource: kmsKeys.filter((arn) => arn.split(":")[3] === region),
    Condition: { StringEquals: { "kms:ViaService": `s3.${region}.${dnsSuffix(region)}` } },
  }));
}
