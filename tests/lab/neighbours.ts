/** The emulator and the gateway, as `lab:up` and `lab:down` start and end them. */
import {
  type EmulatorOptions,
  emulatorSources,
  runningEmulators,
  startEmulator,
  stopEmulator,
} from "./aws/emulator.ts";
import { account, bridge, internet, pki, ports, source, store } from "./layout.ts";
import type { Neighbours } from "./kubernetes/cluster.ts";
import { ensure, marker, stop } from "./kubernetes/process.ts";
import { keyOf } from "./shell.ts";

export const neighbours: Neighbours = {
  async up() {
    const running = (await runningEmulators()).find((emulator) => emulator.account === account);
    if (running?.sources !== await emulatorSources()) {
      await stopEmulator(account);
      await startMarked({ account, port: ports.emulator });
    }
    await ensure({
      name: "gateway",
      command: [Deno.execPath(), "run", "-A", `${source}/services/gateway.ts`],
      config: [await servicesKey()],
      healthy: gatewayListens,
    });
  },
  async down() {
    for (const emulator of await runningEmulators()) await stopEmulator(emulator.account);
    await stop("gateway");
  },
};

/** Starts an emulator on the bridge, backed by the lab's store, with the lab's mark in its environment. */
export async function startMarked(options: Omit<EmulatorOptions, "host" | "registry">) {
  Deno.env.set(marker, `emulator-${options.account}`);
  try {
    return await startEmulator({ ...options, host: bridge.address, registry: store });
  } finally {
    Deno.env.delete(marker);
  }
}

async function gatewayListens(): Promise<boolean> {
  const listeners = [
    [internet, ports.registryTls],
    ["127.0.0.1", ports.mirror],
    ["127.0.0.1", ports.tokenWebhook],
    [bridge.address, ports.podIdentityWebhook],
  ] as const;
  for (const [hostname, port] of listeners) (await Deno.connect({ hostname, port })).close();
  return true;
}

async function servicesKey(): Promise<string> {
  const parts = [await Deno.readTextFile(pki.gateway.cert)];
  for await (const entry of Deno.readDir(`${source}/services`)) {
    if (entry.isFile) parts.push(entry.name + await Deno.readTextFile(`${source}/services/${entry.name}`));
  }
  return keyOf(...parts.sort());
}
