/** Opens the CDK toolkit. It takes half a second to load, so only operations that need it import this module. */
import {
  BaseCredentials,
  BootstrapEnvironments,
  BootstrapStackParameters,
  DiffMethod,
  StackSelectionStrategy,
  Toolkit,
} from "@aws-cdk/toolkit-lib";
import { type Clients, patientRetries } from "./clients.ts";
import type { StackListener } from "./stack_events.ts";

export { BootstrapEnvironments, BootstrapStackParameters, DiffMethod, StackSelectionStrategy, type Toolkit };

type ToolkitClients = Pick<Clients, "region" | "credentials" | "lastingHandler">;

export function openToolkit(clients: ToolkitClients, listener: StackListener): Toolkit {
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
