/** The policies of a template, as IAM would see them once it is deployed: every reference resolved to something. */

type Template = {
  readonly Resources: Readonly<Record<string, { Type: string; Properties?: Record<string, unknown> }>>;
};

const ARNS: Readonly<Record<string, string>> = {
  "AWS::IAM::Role": "arn:aws:iam::123456789012:role/NAME",
  "AWS::IAM::ManagedPolicy": "arn:aws:iam::123456789012:policy/NAME",
  "AWS::SQS::Queue": "arn:aws:sqs:us-west-2:123456789012:NAME",
  "AWS::S3::Bucket": "arn:aws:s3:::name",
  "AWS::Logs::LogGroup": "arn:aws:logs:us-west-2:123456789012:log-group:NAME:*",
  "AWS::KMS::Key": "arn:aws:kms:us-west-2:123456789012:key/01234567-89ab-cdef-0123-456789abcdef",
};

const PSEUDO: Readonly<Record<string, string>> = {
  "AWS::Partition": "aws",
  "AWS::AccountId": "123456789012",
  "AWS::Region": "us-west-2",
  "AWS::URLSuffix": "amazonaws.com",
};

/** Policies by where they stand: `<logical id>.<property>`. Trust policies have no resource, and are left to cdk-nag. */
export function policiesOf(template: Template): ReadonlyMap<string, unknown> {
  const found = new Map<string, unknown>();
  const look = (value: unknown, path: string): void => {
    if (typeof value !== "object" || value === null) return;
    for (const [key, item] of Object.entries(value)) {
      if (key === "PolicyDocument" || key === "KeyPolicy") found.set(`${path}.${key}`, resolve(item, template));
      else look(item, `${path}.${key}`);
    }
  };
  for (const [id, { Properties }] of Object.entries(template.Resources)) look(Properties, id);
  return found;
}

function resolve(value: unknown, template: Template): unknown {
  if (Array.isArray(value)) return value.map((item) => resolve(item, template));
  // IAM takes numbers as text.
  if (typeof value === "number") return String(value);
  if (typeof value !== "object" || value === null) return value;
  const { Ref, "Fn::GetAtt": attribute, "Fn::Join": join } = value as {
    readonly Ref?: string;
    readonly "Fn::GetAtt"?: readonly [string, string];
    readonly "Fn::Join"?: readonly [string, readonly unknown[]];
  };
  if (Ref !== undefined) return PSEUDO[Ref] ?? "name";
  if (attribute) return ARNS[template.Resources[attribute[0]]?.Type ?? ""] ?? "name";
  if (join) return join[1].map((part) => resolve(part, template)).join(join[0]);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolve(item, template)]));
}
