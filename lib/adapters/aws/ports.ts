/** The ports that AWS's APIs serve, over one set of clients. */
import type { Ports } from "../../core/ports.ts";
import * as aws from "./mod.ts";

type AwsPorts = Omit<Ports, "stacks" | "clock" | "kube" | "close">;

/** `note` receives what was found out in a weaker way than usual. */
export function awsPorts(clients: aws.Clients, note?: (message: string) => void): AwsPorts {
  const identity = aws.identity(clients, note);
  return {
    identity,
    eks: aws.eks(clients),
    owners: aws.owners(clients, () => identity.caller()),
    registry: aws.registry(clients),
    leftovers: aws.leftovers(clients),
    network: aws.network(clients),
    parameters: aws.parameters(clients),
    keys: aws.keys(clients),
    capacity: aws.capacity(clients),
    placement: aws.placement(clients),
    permissions: aws.permissions(clients),
    quotas: aws.quotas(clients),
    reach: aws.reach(),
    lock: aws.lock(clients, async () => (await identity.caller()).account),
    contexts: (bucket, account) => aws.contextStore(clients, bucket, account),
  };
}
