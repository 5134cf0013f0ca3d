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
import type { ChangeSet } from "./stack_fields.ts";

export { BootstrapEnvironments, BootstrapStackParameters, DiffMethod, StackSelectionStrategy, type Toolkit };

type ToolkitClients = Pick<Clients, "region" | "credentials" | "lastingHandler">;

export function openToolkit(clients: ToolkitClients, listener: StackListener): Toolkit {
  const baseCredentials = BaseCredentials.custom({ provider: clients.credentials, region: clients.region });
  return adapted(
    new Toolkit({ ioHost: listener, color: false, emojis: false, sdkConfig: { baseCredentials } }),
    clients.lastingHandler,
    (changeSet) => listener.described(changeSet),
  );
}

interface CloudFormation {
  describeChangeSet(input: unknown): Promise<ChangeSet>;
}

interface Sdk {
  config: { retryStrategy: unknown };
  stsRetryStrategy: unknown;
  cloudFormation(): CloudFormation;
}

/** The parts of the toolkit that are not in its types. */
interface SdkProvider {
  requestHandler: unknown;
  _makeSdk(...options: unknown[]): Sdk;
}

/**
 * Lets the toolkit send its requests as unitune's own clients do. Its options take no more than an agent of node:http,
 * which on older Deno versions waits for ever for an answer on a connection that was closed. And tells what change sets
 * hold: the toolkit reads them with their values, and keeps only which properties change.
 */
function adapted(
  toolkit: Toolkit,
  requestHandler: Clients["lastingHandler"],
  described: (changeSet: ChangeSet) => void,
): Toolkit {
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
      const cloudFormation = sdk.cloudFormation.bind(sdk);
      sdk.cloudFormation = () => overheard(cloudFormation(), described);
      return sdk;
    };
    return provider;
  };
  return toolkit;
}

function overheard(client: CloudFormation, described: (changeSet: ChangeSet) => void): CloudFormation {
  return {
    ...client,
    describeChangeSet: async (input) => {
      const changeSet = await client.describeChangeSet(input);
      described(changeSet);
      return changeSet;
    },
  };
}
