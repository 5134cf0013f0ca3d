/** The real adapters behind the ports of one operation. */
import type { Ports } from "../core/ports.ts";
import type { Config } from "../plan/types.ts";

export interface PortOptions {
  readonly config: Config;
  readonly profile: string | undefined;
  /** Receives a message when an answer is less certain than usual, and what that means. */
  readonly note: (message: string) => void;
  /** Ends every request. Default: nothing does. */
  readonly signal?: AbortSignal | undefined;
}

/** Opens the adapters. They load their modules on first use. */
export async function openPorts({ config, profile, note, signal }: PortOptions): Promise<Ports> {
  const [{ clients: open }, { awsPorts }, { stacks }, { kubernetes }, { systemClock }, watches] = await Promise.all([
    import("../adapters/aws/clients.ts"),
    import("../adapters/aws/ports.ts"),
    import("../adapters/aws/stacks.ts"),
    import("../adapters/kubernetes/mod.ts"),
    import("../adapters/clock.ts"),
    import("../adapters/request_watch.ts"),
  ]);
  const watch = new watches.RequestWatch(note);
  const clients = open({ region: config.region, profile, signal, watch, warn: note });
  const ports = awsPorts(clients, note), connections: { close(): void }[] = [];
  return {
    ...ports,
    stacks: stacks(clients),
    clock: systemClock,
    kube: (cluster) => {
      const kube = kubernetes({
        endpoint: cluster.endpoint,
        caData: cluster.caData,
        watch,
        token: () => ports.eks.token(cluster.name).then(({ token }) => token),
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
