/** What kubectl needs to reach a cluster: an entry of its config file, whose tokens unitune itself prints. */

/** The API that kubectl and an exec plugin speak. */
export const EXEC_API = "client.authentication.k8s.io/v1";

/** A cluster's entry in a kubeconfig. */
export interface KubeconfigEntry {
  /** Name of the context, and of the cluster and user that it joins. */
  readonly name: string;
  /** URL of the API server. */
  readonly server: string;
  /** Certificate authority of the API server: PEM, base64. */
  readonly caData: string;
  /** The program that prints a token. */
  readonly command: string;
  /** Its arguments. */
  readonly args: readonly string[];
}

/** `acme-ml.us-west-2.123456789012`: unique, as the name alone may exist in several accounts and regions. */
export function contextName(name: string, region: string, account: string): string {
  return `${name}.${region}.${account}`;
}

/** The arguments with which unitune prints a token for a cluster. */
export function tokenArgs(cluster: string, region: string, profile: string | undefined): string[] {
  return ["kubeconfig", "token", "--cluster", cluster, "--region", region, ...profile ? ["--profile", profile] : []];
}

/** What an exec plugin prints. */
export interface ExecCredential {
  /** Version of the API. */
  readonly apiVersion: "client.authentication.k8s.io/v1";
  /** Kind of the object. */
  readonly kind: "ExecCredential";
  /** The token, and when kubectl must ask for another one. */
  readonly status: { readonly token: string; readonly expirationTimestamp: string };
}

/** `expiresAt`: milliseconds since 1970. */
export function execCredential(token: string, expiresAt: number): ExecCredential {
  // Kubernetes reads RFC 3339; fractions of a second help nobody.
  const expirationTimestamp = new Date(expiresAt).toISOString().replace(/\.\d+Z$/, "Z");
  return { apiVersion: EXEC_API, kind: "ExecCredential", status: { token, expirationTimestamp } };
}
