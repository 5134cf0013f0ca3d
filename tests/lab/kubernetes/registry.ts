/** The one store behind every registry name, and the DNS that leads pods to the gateway in front of it. */
import {
  data,
  dnsAddress,
  internet,
  ports,
  publicRegistries,
  regions,
  run as paths,
  services,
  store,
} from "../layout.ts";
import { writeWhole } from "../shell.ts";
import { ensure } from "./process.ts";

export async function registryUp(): Promise<void> {
  const file = `${paths.config}/registry.json`;
  const config = JSON.stringify({
    version: "0.1",
    log: { level: "warn" },
    storage: { filesystem: { rootdirectory: data.registry }, delete: { enabled: true } },
    http: { addr: `127.0.0.1:${ports.registry}` },
  });
  await writeWhole(file, config);
  await Deno.mkdir(data.registry, { recursive: true });
  await ensure({
    name: "registry",
    command: ["docker-registry", "serve", file],
    config: [config],
    healthy: async () => {
      const response = await fetch(`${store}/v2/`, { signal: AbortSignal.timeout(2000) });
      await response.body?.cancel();
      return response.ok;
    },
  });
}

export async function dnsUp(): Promise<void> {
  const ecr = regions.map((region) => `--address=/dkr.ecr.${region}.amazonaws.com/${internet}`);
  await ensure({
    name: "dns",
    command: [
      ...["dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--pid-file=", "--no-hosts", "--user=root"],
      ...[`--listen-address=${dnsAddress}`, "--bind-interfaces", "--log-facility=-"],
      ...ecr,
      // nothing in the lab may reach the real AWS by mistake
      "--local=/amazonaws.com/",
      ...publicRegistries.map((name) => `--host-record=${name},${internet}`),
      ...["kubernetes.default.svc", "kubernetes.default.svc.cluster.local"].map((name) =>
        `--host-record=${name},${services.kubernetes}`
      ),
      "--local=/cluster.local/",
      "--local=/svc/",
    ],
    healthy: async () =>
      (await Deno.resolveDns("public.ecr.aws", "A", { nameServer: { ipAddr: dnsAddress, port: 53 } }))
        .includes(internet),
  });
}
