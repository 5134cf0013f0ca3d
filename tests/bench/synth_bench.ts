/** How long the stacks of the largest config take, from a Config in memory to an assembly on disk. */
import { readFunctions } from "../../lib/adapters/assets.ts";
import { synthesize } from "../../infra/synth.ts";
import { largest, smallest } from "../infra/config.ts";

const folder = await Deno.makeTempDir({ prefix: "unitune-bench-" });
addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));

Deno.bench("synthesize the smallest config", async () => {
  await synthesize(smallest(), folder, await readFunctions());
});

Deno.bench("synthesize the largest config", async () => {
  await synthesize(largest(), folder, await readFunctions());
});
