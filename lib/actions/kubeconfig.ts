/** The entry of a kubeconfig for the project's cluster. */
import { UnituneError } from "../core/errors.ts";
import { contextName, type KubeconfigEntry, tokenArgs } from "../core/kubeconfig.ts";
import type { Operation } from "./operation.ts";

/** Who prints tokens for kubectl, and as whom. */
export interface TokenSource {
  /** Path of the program, and the arguments that come before a command's own. */
  readonly program: readonly [string, ...string[]];
  /** Profile of the AWS config files. */
  readonly profile: string | undefined;
  /** Name of the context. Default: `<cluster>.<region>.<account>`. */
  readonly context?: string | undefined;
}

/** Throws if there is no cluster, or if it has no endpoint yet. */
export async function kubeconfigEntry(
  { config: { name, region }, session }: Pick<Operation, "config" | "session">,
  { program: [command, ...first], profile, context }: TokenSource,
): Promise<KubeconfigEntry> {
  const [cluster, { account }] = await Promise.all([session.cluster(), session.identity()]);
  if (!cluster || cluster.endpoint === "") {
    const found = cluster ? `EKS reports it as ${cluster.status}` : "it does not exist";
    throw new UnituneError("NOT_DEPLOYED", `Cannot write a kubeconfig for cluster ${name} in ${region}: ${found}`, {
      hint: cluster ? "Try again when it is ACTIVE" : "Run `unitune apply` first",
    });
  }
  return {
    name: context ?? contextName(name, region, account),
    server: cluster.endpoint,
    caData: cluster.caData,
    command,
    args: [...first, ...tokenArgs(name, region, profile)],
  };
}
