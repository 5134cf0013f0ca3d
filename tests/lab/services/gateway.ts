/**
 * The gateway of the lab: one process, five listeners. Registries over TLS, containerd's mirror, kube-apiserver's token
 * webhook, Pod Identity's admission webhook and its credentials endpoint. `deno run -A gateway.ts` serves until SIGTERM.
 */
import { apiServer, bridge, credentials, internet, pki, ports, publicRegistries, run, store } from "../layout.ts";
import { log } from "./log.ts";
import { apiServerReview, credentialsHandler } from "./pod_credentials.ts";
import { mutateHandler } from "./pod_identity.ts";
import { mirrorHandler, registryHandler } from "./registry_proxy.ts";
import { tokenHandler } from "./token_webhook.ts";

type Handler = (request: Request) => Promise<Response>;

interface Listener {
  readonly name: string;
  readonly hostname: string;
  readonly port: number;
  readonly tls: boolean;
  readonly handler: Handler;
}

function listeners(): readonly Listener[] {
  const registries = { store, publicNames: publicRegistries };
  const loopback = "127.0.0.1";
  const review = apiServerReview(apiServer, pki.ca.cert, run.adminToken);
  return [
    {
      name: "registry",
      hostname: internet,
      port: ports.registryTls,
      tls: true,
      handler: registryHandler(registries),
    },
    { name: "mirror", hostname: loopback, port: ports.mirror, tls: false, handler: mirrorHandler(registries) },
    { name: "token", hostname: loopback, port: ports.tokenWebhook, tls: false, handler: tokenHandler() },
    {
      name: "pod-identity",
      hostname: bridge.address,
      port: ports.podIdentityWebhook,
      tls: true,
      handler: mutateHandler(),
    },
    {
      name: "credentials",
      hostname: credentials.address,
      port: credentials.port,
      tls: false,
      handler: credentialsHandler(review),
    },
  ];
}

async function serve(listener: Listener): Promise<Deno.HttpServer> {
  const { name, hostname, port, handler } = listener;
  const options = {
    hostname,
    port,
    onListen: () => log(name, `listens on ${hostname}:${port}`),
    onError: (error: unknown) => {
      log(name, `failed: ${error instanceof Error ? error.stack : error}`);
      return new Response("The lab's gateway failed, see its log\n", { status: 500 });
    },
  };
  if (!listener.tls) return Deno.serve(options, handler);
  const [cert, key] = await Promise.all([Deno.readTextFile(pki.gateway.cert), Deno.readTextFile(pki.gateway.key)]);
  return Deno.serve({ ...options, cert, key }, handler);
}

if (import.meta.main) {
  const servers = await Promise.all(listeners().map(serve));
  const stop = () => void Promise.all(servers.map((server) => server.shutdown())).then(() => Deno.exit(0));
  Deno.addSignalListener("SIGTERM", stop);
  Deno.addSignalListener("SIGINT", stop);
}
