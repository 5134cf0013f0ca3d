/** How long the stacks of the largest config take, from a Config in memory to an assembly on disk. */
import { synthesize } from "../../infra/synth.ts";
import { largest, smallest } from "../infra/config.ts";

const folder = await Deno.makeTempDir({ prefix: "unitune-bench-" });
addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));

Deno.bench("synthesize the smallest config", async () => {
  await synthesize(smallest(), folder);
});

Deno.bench("synthesize the largest config", async () => {
  await synthesize(largest(), folder);
});
