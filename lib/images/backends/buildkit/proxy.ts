/** The proxy of a build: as environment for its containers, and as the arguments that BuildKit predefines for steps. */
import type { Image, Proxy } from "../../../plan/types.ts";

type Variables = readonly (readonly [string, string])[];

/** Where Pod Identity gives out credentials: an address of the node itself. */
const OWN = ["localhost", "127.0.0.1", "169.254.170.23"];

function variablesOf({ http, https, no }: Proxy): Variables {
  return [
    ...(http === null ? [] : [["HTTP_PROXY", http] as const]),
    ...(https === null ? [] : [["HTTPS_PROXY", https] as const]),
    ["NO_PROXY", [...OWN, ...no].join(",")],
  ];
}

export function proxyEnv(proxy: Proxy | null): { name: string; value: string }[] {
  return (proxy ? variablesOf(proxy) : []).map(([name, value]) => ({ name, value }));
}

/** The same for what fetches the context: Node.js heeds them when it is told to. */
export function fetcherProxyEnv(proxy: Proxy | null): { name: string; value: string }[] {
  return proxy ? [...proxyEnv(proxy), { name: "NODE_USE_ENV_PROXY", value: "1" }] : [];
}

/** BuildKit leaves these arguments out of cache keys and of the image. Those that the image names itself count, in any case. */
export function proxyArgs(proxy: Proxy | null, { args }: Pick<Image, "args">): string[] {
  const own = Object.keys(args).map((name) => name.toUpperCase());
  return (proxy ? variablesOf(proxy) : []).flatMap(([name, value]) => {
    return own.includes(name) ? [] : [`--opt=build-arg:${name}=${value}`];
  });
}
