/** `deno task lab:up`: installs what is missing, starts what does not run, keeps what is healthy. */
import { install } from "./install/install.ts";
import { whyNot } from "./install/machine.ts";
import { stderrProgress } from "./install/progress.ts";
import { clusterUp } from "./kubernetes/cluster.ts";
import { locked } from "./lock.ts";
import { neighbours } from "./neighbours.ts";

const progress = stderrProgress();
const reason = await whyNot();
if (reason !== undefined) {
  console.error(reason);
  Deno.exit(1);
}
try {
  await locked(progress.say, async () => await clusterUp(await install(progress), neighbours, progress));
  progress.say('the lab is up: eval "$(deno task --quiet lab:env)"');
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  Deno.exit(1);
}
