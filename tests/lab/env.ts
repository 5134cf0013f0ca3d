/** `deno task lab:env`: the `export` lines with which unitune, aws, kubectl and helm talk to the lab by hand. */
import { emulatorEnv } from "./lab.ts";
import { run } from "./layout.ts";

const values = { ...emulatorEnv(), KUBECONFIG: run.adminKubeconfig };
for (const [name, value] of Object.entries(values)) console.log(`export ${name}=${value}`);
console.log(`export PATH=${run.bin}:$PATH`);
