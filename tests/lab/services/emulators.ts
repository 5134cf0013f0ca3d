/** The emulators that run now, and the questions that the lab's services ask them. */
import { bridge, run } from "../layout.ts";

export interface Emulator {
  readonly account: string;
  readonly url: string;
}

/** What an emulator decides about a request at the registry; 200 lets it pass. */
export interface Decision {
  readonly status: number;
  readonly code?: string;
  readonly message?: string;
  readonly principal?: string;
}

interface Registration {
  readonly account: string;
  readonly host?: string;
  readonly port: number;
}

/** Reads the folder in which emulators are registered. */
export async function registered(folder: string = run.emulators): Promise<readonly Emulator[]> {
  const found: Emulator[] = [];
  try {
    for await (const entry of Deno.readDir(folder)) {
      if (!entry.name.endsWith(".json")) continue;
      const text = await Deno.readTextFile(`${folder}/${entry.name}`).catch(() => "");
      if (text === "") continue;
      const { account, host = bridge.address, port } = JSON.parse(text) as Registration;
      found.push({ account, url: `http://${host}:${port}` });
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return found;
}

/** Asks one emulator; a dead one answers undefined. */
export async function ask<T>(emulator: Emulator, path: string, body: unknown): Promise<T | undefined> {
  let response: Response;
  try {
    response = await fetch(`${emulator.url}/_lab/${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(10_000),
    });
  } catch {
    return undefined;
  }
  const text = await response.text();
  if (!response.ok) throw new Error(`The emulator of ${emulator.account} answered ${response.status}: ${text}`);
  return JSON.parse(text) as T;
}

/** Asks every emulator; the answers of those that live, with who gave them. */
export async function askAll<T>(
  path: string,
  body: unknown,
  folder?: string,
): Promise<readonly { readonly emulator: Emulator; readonly answer: T }[]> {
  const answers = await Promise.all(
    (await registered(folder)).map(async (emulator) => ({ emulator, answer: await ask<T>(emulator, path, body) })),
  );
  return answers.flatMap(({ emulator, answer }) => answer === undefined ? [] : [{ emulator, answer }]);
}
