/** A token for a cluster's API server, without a config: what kubectl asks the program for. */
import { type ExecCredential, execCredential } from "../core/kubeconfig.ts";

/** Which cluster the token is for, and who asks. */
export interface TokenRequest {
  /** Name of the cluster. */
  readonly cluster: string;
  /** Its region. */
  readonly region: string;
  /** Profile of the AWS config files. */
  readonly profile?: string | undefined;
}

export async function clusterCredential({ cluster, region, profile }: TokenRequest): Promise<ExecCredential> {
  const [{ clients: open }, { clusterToken }] = await Promise.all([
    import("../adapters/aws/clients.ts"),
    import("../adapters/aws/token.ts"),
  ]);
  const clients = open({ region, profile });
  try {
    const { token, expiresAt } = await clusterToken(cluster, clients);
    return execCredential(token, expiresAt);
  } finally {
    await clients.close();
  }
}
