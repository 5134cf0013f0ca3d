/** The proxy that builds use. */
import type { Issue } from "../issues.ts";
import type { BuilderIn } from "../schema/config.ts";
import type { Proxy } from "../types.ts";

export function proxyOf(input: BuilderIn["proxy"], issues: Issue[]): Proxy | null {
  if (input === undefined) return null;
  const { http = null, https = null, no = [] } = input;
  if (http === null && https === null) {
    const message = "must have http or https: found neither";
    issues.push({ code: "CONFLICT", path: ["builder", "proxy"], message });
  }
  return { http, https, no };
}
