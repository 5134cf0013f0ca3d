/** Where this machine stands: its address as AWS sees it, its own addresses, and what answers it. */
import { isIPv4 } from "node:net";
import type { ReachPort } from "../../core/ports.ts";

/**
 * AWS's own answer to "what is my address?". No signed API returns the caller's address; only CloudTrail records it,
 * minutes later. https://docs.aws.amazon.com/vpc/latest/userguide/working-with-security-group-rules.html
 */
const CHECK_IP = "https://checkip.amazonaws.com/";
const WAIT_MS = 4_000;

type Env = (name: string) => string | undefined;

/** With `AWS_ENDPOINT_URL`, requests are meant for another service than AWS, and checkip is not asked. */
export function reach(env: Env = (name) => Deno.env.get(name), url: string = CHECK_IP): ReachPort {
  return {
    address: async () => {
      if (env("AWS_ENDPOINT_URL")) return undefined;
      const text = await asked(url, undefined, async (response) => (await response.text()).trim());
      // A captive portal answers HTML.
      return text !== null && isIPv4(text) ? text : null;
    },
    local: () => Deno.networkInterfaces().filter(({ family }) => family === "IPv4").map(({ address }) => address),
    answers: async (endpoint, caData) => {
      using client = Deno.createHttpClient({ caCerts: [atob(caData)] });
      // Without a token the API server refuses, which is an answer, too.
      return await asked(`${endpoint}/version`, client, () => Promise.resolve(true)) ?? false;
    },
  };
}

/** `null` if there is no whole answer in time. */
async function asked<T>(
  url: string,
  client: Deno.HttpClient | undefined,
  read: (response: Response) => Promise<T>,
): Promise<T | null> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(WAIT_MS), ...client && { client } });
    const value = await read(response);
    if (!response.bodyUsed) await response.body?.cancel();
    return value;
  } catch {
    return null;
  }
}
