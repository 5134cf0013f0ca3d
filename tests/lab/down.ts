/** `deno task lab:down`: ends the lab and says what is left of it; nothing may be. */
import { whyNot } from "./install/machine.ts";
import { stderrProgress } from "./install/progress.ts";
import { clusterDown } from "./kubernetes/cluster.ts";
import { residue } from "./kubernetes/residue.ts";
import { locked } from "./lock.ts";
import { neighbours } from "./neighbours.ts";

const progress = stderrProgress();
const reason = await whyNot();
if (reason !== undefined) {
  console.error(reason);
  Deno.exit(1);
}
const left = await locked(progress.say, async () => {
  await progress.step("lab down", () => clusterDown(neighbours));
  return await residue();
});
if (left.length > 0) {
  console.error(`Left behind:\n${left.map((line) => `  ${line}`).join("\n")}`);
  Deno.exit(1);
}
progress.say("nothing is left behind");
