/** What the contract tests share: an emulator and a registry of a file's own, and ways to ask that no SDK has. */
import { type Emulator, startEmulator } from "./emulator.ts";
import { ask, askLab } from "./raw.ts";
import { startStore, type Store } from "./testbed.ts";

export const region = "us-west-2";

export interface Contract {
  readonly client: {
    readonly endpoint: string;
    readonly region: string;
    readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
    readonly maxAttempts: number;
    readonly forcePathStyle: boolean;
  };
  readonly store: string;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** A call of a service whose SDK is not among the project's packages. */
  call(service: string, target: string, body: unknown): Promise<[number, Record<string, unknown>]>;
  /** Asks a `/_lab/` endpoint. */
  lab(method: string, path: string, body?: unknown): Promise<Record<string, unknown>>;
  /** Has these faults while the check runs. */
  withFaults(list: readonly unknown[], check: () => Promise<void>): Promise<void>;
}

export function contract(account: string, port: number, storePort: number): Contract {
  const endpoint = `http://127.0.0.1:${port}`;
  const faults = `${Deno.env.get("TMPDIR") ?? "/tmp"}/unitune-faults-${account}.json`;
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  let store: Store | undefined;
  let emulator: Emulator | undefined;
  return {
    client: { endpoint, region, credentials, maxAttempts: 1, forcePathStyle: true },
    store: `http://127.0.0.1:${storePort}`,
    async start() {
      await Deno.writeTextFile(faults, "[]");
      store = await startStore(storePort);
      emulator = await startEmulator({ account, port, registry: store.url, faultsFile: faults, shutdownSeconds: 1 });
    },
    async stop() {
      await emulator?.stop();
      await store?.stop();
      await Deno.remove(faults);
    },
    async call(service, target, body) {
      const { status, text } = await ask(endpoint, { service, region, target, body });
      return [status, JSON.parse(text)];
    },
    lab: (method, path, body) => askLab(endpoint, method, path, body),
    async withFaults(list, check) {
      await Deno.writeTextFile(faults, JSON.stringify(list));
      try {
        await check();
      } finally {
        await Deno.writeTextFile(faults, "[]");
      }
    },
  };
}
