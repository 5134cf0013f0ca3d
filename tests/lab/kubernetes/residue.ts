/** What a lab that ended has left on the machine. Empty is the only good answer. */
import { bridge, data, nodes, run as paths } from "../layout.ts";
import { exists } from "../shell.ts";
import { foldersOf } from "./cgroups.ts";
import { podNetworksLeft, rulesLeft } from "./network.ts";
import { mountsBelow } from "./node.ts";
import { isRunning, marked } from "./process.ts";
import { emulators } from "./instances.ts";

export async function residue(): Promise<string[]> {
  const left: string[] = [];
  for (const pid of await marked()) left.push(`process ${pid}: ${await commandOf(pid)}`);
  for (const emulator of await emulators()) {
    const { pid } = emulator;
    if (pid !== undefined && isRunning(pid)) left.push(`emulator ${emulator.account}: process ${pid}`);
  }
  for (const dir of [paths.dir, data.dir]) {
    for (const mount of await mountsBelow(dir)) left.push(`mount ${mount}`);
  }
  if (await exists(`/sys/class/net/${bridge.name}`)) left.push(`bridge ${bridge.name}`);
  for (const program of ["iptables", "ip6tables"]) {
    for (const rule of await rulesLeft(program)) left.push(`${program} rule ${rule}`);
  }
  for (const { netns } of await podNetworksLeft()) left.push(`network namespace ${netns}`);
  for (const node of nodes) {
    for (const folder of await foldersOf(nodeCgroup(node.name))) left.push(`control group ${folder}`);
  }
  if (await exists(paths.dir)) left.push(`folder ${paths.dir}`);
  return left;
}

const nodeCgroup = (name: string) => `/unitune-lab/${name}`;

async function commandOf(pid: number): Promise<string> {
  const text = await Deno.readTextFile(`/proc/${pid}/cmdline`).catch(() => "");
  return text.replaceAll("\0", " ").trim().slice(0, 120);
}
