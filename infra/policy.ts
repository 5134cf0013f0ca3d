/** Policies as data: every statement is written as it appears in the template. */

export interface Statement {
  readonly Sid: string;
  readonly Effect: "Allow" | "Deny";
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

export type Trust = Omit<Statement, "Resource"> & { readonly Principal: Readonly<Record<string, string>> };

export interface PolicyDocument<S = Statement> {
  readonly Version: "2012-10-17";
  readonly Statement: readonly S[];
}

export function policy<S extends Statement | Trust>(...statements: S[]): PolicyDocument<S> {
  return { Version: "2012-10-17", Statement: statements };
}
