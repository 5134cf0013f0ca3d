/** SSM's public parameters, read page by page. */
import { GetParametersCommand, paginateGetParametersByPath } from "@aws-sdk/client-ssm";
import type { ParametersPort } from "../../core/ports.ts";
import type { Clients } from "./clients.ts";
import { calling } from "./errors.ts";
import { itemsOf } from "./pages.ts";

/** How many names one request may have. */
const NAMES = 10;

export function parameters(clients: Clients): ParametersPort {
  return {
    known: async (names) => new Set((await values(clients, names)).keys()),
    values: (names) => values(clients, names),
    below: (path) =>
      calling("ssm:GetParametersByPath", path, async () => {
        const paged = paginateGetParametersByPath({ client: await clients.ssm() }, { Path: path, Recursive: true });
        return (await itemsOf(paged, ({ Parameters }) => Parameters)).flatMap(({ Name }) => Name ?? []);
      }),
  };
}

async function values(clients: Clients, names: readonly string[]): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (let at = 0; at < names.length; at += NAMES) {
    const Names = names.slice(at, at + NAMES);
    const { Parameters = [] } = await calling("ssm:GetParameters", Names[0]!, async () => {
      return await (await clients.ssm()).send(new GetParametersCommand({ Names }));
    });
    for (const { Name, Value = "" } of Parameters) if (Name) found.set(Name, Value);
  }
  return found;
}
