/**
 * A custom resource with its function: inline code in the template, current Node.js, a role of its own, outside the VPC
 * (what it deletes may keep the VPC from being deleted). Only for what CloudFormation itself cannot do.
 */
import { CfnCustomResource, RemovalPolicy, Stack } from "aws-cdk-lib/core";
import { CfnRole } from "aws-cdk-lib/aws-iam";
import { CfnFunction } from "aws-cdk-lib/aws-lambda";
import { LogGroup, RetentionDays } from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";
import { answer, answerWildcards, LOGS_ENCRYPTED } from "./answers.ts";
import { policy, type Statement } from "./policy.ts";

/** The code of each function of the stacks: the bundles of `infra/lambda`, which the caller of synth reads. */
export interface FunctionCode {
  readonly cleanUp: string;
  readonly defaultGroup: string;
}

interface CustomResourceProps {
  readonly description: string;
  /** CommonJS source of `exports.handler`; the runtime provides the AWS SDK. */
  readonly code: string;
  readonly timeoutSeconds: number;
  readonly properties: Readonly<Record<string, string>>;
  readonly statements: readonly Statement[];
  /** Why the statements have wildcards. */
  readonly wildcards: string;
}

export class CustomResource extends Construct {
  /** For resources that must be created after it, or deleted before it. */
  readonly resource: CfnCustomResource;

  constructor(scope: Construct, id: string, props: CustomResourceProps) {
    super(scope, id);
    const logs = new LogGroup(this, "LogGroup", {
      retention: RetentionDays.ONE_YEAR,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    answer(logs, LOGS_ENCRYPTED, "CKV_AWS_158");
    const handler = new CfnFunction(this, "Function", {
      description: props.description,
      runtime: "nodejs24.x",
      handler: "index.handler",
      code: { zipFile: props.code },
      role: this.#role(props, logs).attrArn,
      timeout: props.timeoutSeconds,
      memorySize: 256,
      loggingConfig: { logGroup: logs.logGroupName },
    });
    answer(
      handler,
      "Called by CloudFormation only, which sees its failure and bounds its time",
      "CKV_AWS_115",
      "CKV_AWS_116",
    );
    answer(handler, "Calls AWS only, and must not hold a network interface of the VPC", "CKV_AWS_117");
    this.resource = new CfnCustomResource(this, "Resource", {
      serviceToken: handler.attrArn,
      serviceTimeout: props.timeoutSeconds + 60,
    });
    for (const [name, value] of Object.entries(props.properties)) this.resource.addPropertyOverride(name, value);
  }

  #role({ description, statements, wildcards }: CustomResourceProps, logs: LogGroup): CfnRole {
    const policyDocument = policy({
      Sid: "WriteItsLog",
      Effect: "Allow",
      Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
      Resource: logs.logGroupArn,
    }, ...statements);
    const role = new CfnRole(this, "Role", {
      description,
      assumeRolePolicyDocument: policy({
        Sid: "Function",
        Effect: "Allow",
        Principal: { Service: "lambda.amazonaws.com" },
        Action: "sts:AssumeRole",
      }),
      policies: [{ policyName: "function", policyDocument }],
    });
    answerWildcards(role, wildcards, policyDocument);
    return role;
  }
}

/** Read actions that IAM can restrict only to the region. */
export function regionalRead(scope: Construct, ...actions: string[]): Statement {
  return {
    Sid: "ReadInThisRegion",
    Effect: "Allow",
    Action: actions,
    Resource: "*",
    Condition: { StringEquals: { "aws:RequestedRegion": Stack.of(scope).region } },
  };
}
