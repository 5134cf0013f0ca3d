/** What the emulators know of an EC2 instance: the part of a kubelet's start that asks the instance who it is. */
import { emulatorUrl, region, run as paths } from "../layout.ts";
import { readIfThere } from "../shell.ts";

export interface Instance {
  readonly id: string;
  readonly state: string;
  readonly privateDnsName: string;
}

export interface Registration {
  readonly pid?: number;
  readonly account: string;
  readonly port: number;
  readonly host?: string;
}

export async function emulators(): Promise<Registration[]> {
  const all: Registration[] = [];
  try {
    for await (const entry of Deno.readDir(paths.emulators)) {
      const text = await readIfThere(`${paths.emulators}/${entry.name}`);
      if (text && entry.name.endsWith(".json")) all.push(JSON.parse(text) as Registration);
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return all;
}

/** Asks every emulator; undefined when none has it (any more). Fails when one that runs gives no sound answer. */
export async function findInstance(id: string): Promise<Instance | undefined> {
  for (const emulator of await emulators()) {
    const base = emulator.host ? `http://${emulator.host}:${emulator.port}` : emulatorUrl(emulator.port);
    const response = await fetch(base, {
      method: "POST",
      headers: {
        "content-type": "application/x-www-form-urlencoded",
        // the emulator routes by the scope; it does not check the signature
        authorization:
          `AWS4-HMAC-SHA256 Credential=test/20260101/${region}/ec2/aws4_request, SignedHeaders=host, Signature=lab`,
      },
      body: new URLSearchParams({ Action: "DescribeInstances", Version: "2016-11-15", "InstanceId.1": id }),
      signal: AbortSignal.timeout(10_000),
    });
    const text = await response.text();
    if (text.includes("InvalidInstanceID")) continue;
    if (!response.ok) {
      throw new Error(`DescribeInstances at ${base} answered ${response.status}: ${text.slice(0, 200)}`);
    }
    if (!text.includes(`<instanceId>${id}</instanceId>`)) continue;
    return {
      id,
      state: /<instanceState>.*?<name>([^<]*)<\/name>/s.exec(text)?.[1] ?? "",
      privateDnsName: /<privateDnsName>([^<]+)<\/privateDnsName>/.exec(text)?.[1] ?? "",
    };
  }
  return undefined;
}
