/** The configs whose stacks are graded: the repository's own, every example, and one with all that a template can hold. */
import { loadConfig } from "../../lib/adapters/config/load.ts";
import type { Config } from "../../lib/config/types.ts";
import { largest, ownNetwork, withRights } from "../infra/config.ts";

const root = new URL("../../", import.meta.url).pathname;

export async function gradedConfigs(): Promise<ReadonlyMap<string, Config>> {
  const configs = new Map<string, Config>([["the largest config", largest()]]);
  // Endpoints in place of NAT, and an instance profile: what none of the others has.
  const network = ownNetwork({ nat: "none", endpoints: ["kms", "logs", "monitoring"] });
  configs.set("an isolated network", largest({ name: "acme-isolated", network, images: [] }));
  configs.set("rights and storage", withRights());
  configs.set("the repository's own config", (await loadConfig({ cwd: root, env: {} })).config);
  for (const { name } of [...Deno.readDirSync(`${root}examples`)].toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const file = `${root}examples/${name}/unitune.config.ts`;
    const exists = await Deno.stat(file).then(() => true, () => false);
    if (exists) configs.set(`example ${name}`, (await loadConfig({ cwd: root, file, env: {} })).config);
  }
  return configs;
}
