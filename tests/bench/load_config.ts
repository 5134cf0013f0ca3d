/** Compiled by `start_bench.ts`: prints how many milliseconds it takes from the start of the evaluation to `Config`. */
import { dirname } from "node:path";
import { loadConfig } from "../../lib/adapters/config/load.ts";

const file = Deno.args[0]!;
const start = performance.now();
export default loadConfig({ file, cwd: dirname(file), env: {} }).then(() => console.log(performance.now() - start));
