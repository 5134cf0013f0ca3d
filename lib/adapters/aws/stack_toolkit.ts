/** Opens the CDK toolkit. It takes half a second to load, so only operations that need it import this module. */
import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import {
  BaseCredentials,
  BootstrapEnvironments,
  DiffMethod,
  StackSelectionStrategy,
  Toolkit,
} from "@aws-cdk/toolkit-lib";
import type { StackListener } from "./stack_events.ts";

export { BootstrapEnvironments, DiffMethod, StackSelectionStrategy, type Toolkit };

interface ToolkitOptions {
  readonly region: string;
  readonly profile: string | undefined;
  /** Folder of the toolkit's caches. Default: a temporary one for this process. */
  readonly cdkHome: string | undefined;
}

export function openToolkit({ region, profile, cdkHome }: ToolkitOptions, listener: StackListener): Toolkit {
  // Not the user's folder: the toolkit caches the account of each access key there, and emulators share keys.
  Deno.env.set("CDK_HOME", cdkHome ?? temporaryHome());
  const baseCredentials = BaseCredentials.awsCliCompatible({ ...profile && { profile }, defaultRegion: region });
  return new Toolkit({
    ioHost: listener,
    color: false,
    emojis: false,
    sdkConfig: { baseCredentials, httpOptions: { agent: plainAgent() } },
  });
}

/** Without keep-alive: reused connections of node:http break on Deno 2.6. */
function plainAgent(): HttpsAgent {
  const overHttp = Object.entries(Deno.env.toObject()).some(([name, value]) => {
    return name.startsWith("AWS_ENDPOINT_URL") && value.startsWith("http:");
  });
  return overHttp ? new HttpAgent({ keepAlive: false }) as HttpsAgent : new HttpsAgent({ keepAlive: false });
}

let home: string | undefined;

function temporaryHome(): string {
  if (home === undefined) {
    const folder = home = Deno.makeTempDirSync({ prefix: "unitune-cdk-" });
    globalThis.addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));
  }
  return home;
}
