/** Opens the CDK toolkit. It takes half a second to load, so only operations that need it import this module. */
import {
  BaseCredentials,
  BootstrapEnvironments,
  DiffMethod,
  StackSelectionStrategy,
  Toolkit,
} from "@aws-cdk/toolkit-lib";
import { type Clients, patientRetries } from "./clients.ts";
import type { StackListener } from "./stack_events.ts";

export { BootstrapEnvironments, DiffMethod, StackSelectionStrategy, type Toolkit };

type ToolkitClients = Pick<Clients, "region" | "credentials" | "lastingHandler">;

/** `cdkHome`: folder of the toolkit's caches. Default: a temporary one for this process. */
export function openToolkit(clients: ToolkitClients, cdkHome: string | undefined, listener: StackListener): Toolkit {
  // Not the user's folder: the toolkit caches the account of each access key there, and emulators share keys.
  Deno.env.set("CDK_HOME", cdkHome ?? temporaryHome());
  const baseCredentials = BaseCredentials.custom({ provider: clients.credentials, region: clients.region });
  return overFetch(
    new Toolkit({ ioHost: listener, color: false, emojis: false, sdkConfig: { baseCredentials } }),
    clients.lastingHandler,
  );
}

/** The parts of the toolkit that are not in its types. */
interface SdkProvider {
  requestHandler: unknown;
  _makeSdk(...options: unknown[]): { config: { retryStrategy: unknown }; stsRetryStrategy: unknown };
}

/**
 * Lets the toolkit send its requests as unitune's own clients do. Its options take no more than an agent of node:http,
 * which on older Deno versions waits for ever for an answer on a connection that was closed.
 */
function overFetch(toolkit: Toolkit, requestHandler: Clients["lastingHandler"]): Toolkit {
  const inner = toolkit as unknown as { sdkProvider(action: string): Promise<SdkProvider> };
  const open = inner.sdkProvider.bind(toolkit), known = new WeakSet<SdkProvider>();
  inner.sdkProvider = async (action) => {
    const provider = await open(action);
    if (known.has(provider)) return provider;
    known.add(provider);
    const make = provider._makeSdk.bind(provider);
    provider.requestHandler = requestHandler;
    provider._makeSdk = (...options) => {
      const sdk = make(...options);
      sdk.config.retryStrategy = sdk.stsRetryStrategy = patientRetries();
      return sdk;
    };
    return provider;
  };
  return toolkit;
}

let home: string | undefined;

function temporaryHome(): string {
  if (home === undefined) {
    const folder = home = Deno.makeTempDirSync({ prefix: "unitune-cdk-" });
    globalThis.addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));
  }
  return home;
}
