/** How long a config takes from file to `Config`: the first thing that every command does. */
import { loadConfig } from "../../lib/adapters/config/load.ts";

const cwd = new URL("../../", import.meta.url).pathname;

Deno.bench("load the demo's config: strip, vet, evaluate in the sandbox, resolve", async () => {
  await loadConfig({ cwd, env: {} });
});
