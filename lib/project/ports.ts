/** The real adapters behind the ports of one operation. */
import type { Ports } from "../core/ports.ts";
import type { Config } from "../plan/types.ts";

export interface PortOptions {
  readonly config: Config;
  readonly profile: string | undefined;
  /** Receives a message when an answer is less certain than usual, and what that means. */
  readonly note: (message: string) => void;
}

/** Opens the adapters. They load their modules on first use. */
export async function openPorts({ config, profile, note }: PortOptions): Promise<Ports> {
  const [aws, { stacks }, { kubernetes }, { systemClock }] = await Promise.all([
    import("../adapters/aws/mod.ts"),
    import("../adapters/aws/stacks.ts"),
    import("../adapters/kubernetes/mod.ts"),
    import("../adapters/clock.ts"),
  ]);
  const clients = aws.clients({ region: config.region, profile });
  const eks = aws.eks(clients), connections: { close(): void }[] = [];
  return {
    identity: aws.identity(clients, note),
    eks,
    registry: aws.registry(clients),
    leftovers: aws.leftovers(clients),
    network: aws.network(clients),
    parameters: aws.parameters(clients),
    keys: aws.keys(clients),
    capacity: aws.capacity(clients),
    placement: aws.placement(clients),
    permissions: aws.permissions(clients),
    stacks: stacks(clients),
    clock: systemClock,
    contexts: (bucket) => aws.contextStore(clients, bucket),
    kube: (cluster) => {
      const kube = kubernetes({
        endpoint: cluster.endpoint,
        caData: cluster.caData,
        token: () => eks.token(cluster.name).then(({ token }) => token),
      });
      connections.push(kube);
      return Promise.resolve(kube);
    },
    close: async () => {
      for (const connection of connections) connection.close();
      await clients.close();
    },
  };
}
