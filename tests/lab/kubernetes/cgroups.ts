/** Parents of the nodes' pods in the kernel's control groups, version 1, hybrid or 2. */
import { end } from "./process.ts";

const root = "/sys/fs/cgroup";

/** Where the lab's groups hang: one folder per controller on version 1, one in all on version 2. */
async function hierarchies(): Promise<string[]> {
  if (await isThere(`${root}/cgroup.controllers`)) return [root];
  const found = new Set<string>();
  for await (const entry of Deno.readDir(root)) {
    // cpu and cpuacct may be links to one folder
    if (entry.isDirectory || entry.isSymlink) found.add(await Deno.realPath(`${root}/${entry.name}`));
  }
  return [...found];
}

export async function makeCgroup(path: string): Promise<void> {
  for (const hierarchy of await hierarchies()) {
    let at = hierarchy;
    await handDown(at);
    for (const part of path.split("/").filter(Boolean)) {
      const parent = at;
      at = `${at}/${part}`;
      await Deno.mkdir(at).catch(ignoreExisting);
      await handDown(at);
      await copyCpuset(parent, at);
    }
  }
}

function ignoreExisting(error: unknown): void {
  if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
}

/** Version 2: children get controllers only where the parent hands them down. */
async function handDown(at: string): Promise<void> {
  const controllers = await Deno.readTextFile(`${at}/cgroup.controllers`).catch(() => "");
  for (const controller of controllers.split(/\s+/).filter(Boolean)) {
    // one that cannot be handed down here (a real-time scheduler in use, say) must not keep the others
    await Deno.writeTextFile(`${at}/cgroup.subtree_control`, `+${controller}`).catch(() => {});
  }
}

/** Version 1: a new cpuset has no processors and takes no process until it has. */
async function copyCpuset(parent: string, child: string): Promise<void> {
  for (const file of ["cpuset.cpus", "cpuset.mems"]) {
    const mine = await Deno.readTextFile(`${child}/${file}`).catch(() => undefined);
    if (mine === undefined || mine.trim() !== "" || await isThere(`${child}/cgroup.controllers`)) continue;
    await Deno.writeTextFile(`${child}/${file}`, await Deno.readTextFile(`${parent}/${file}`));
  }
}

/** Pids of everything in the group or below it. */
export async function processesIn(path: string): Promise<number[]> {
  const pids = new Set<number>();
  for (const dir of await foldersOf(path)) {
    const text = await Deno.readTextFile(`${dir}/cgroup.procs`).catch(() => "");
    for (const line of text.split("\n").filter(Boolean)) pids.add(Number(line));
  }
  return [...pids];
}

/** Ends what runs in the group, then removes it. */
export async function removeCgroup(path: string): Promise<void> {
  for (let round = 0; round < 5; round++) {
    const pids = await processesIn(path);
    if (pids.length === 0) break;
    // containers are ended at once: nobody waits for what they would still say
    await Promise.all(pids.map((pid) => end(pid, 0)));
  }
  for (const dir of (await foldersOf(path)).reverse()) await Deno.remove(dir).catch(() => {});
}

/** The group's folders and those below, parents first. */
export async function foldersOf(path: string): Promise<string[]> {
  const all: string[] = [];
  const walk = async (dir: string): Promise<void> => {
    if (!(await isThere(dir))) return;
    all.push(dir);
    for await (const entry of Deno.readDir(dir)) if (entry.isDirectory) await walk(`${dir}/${entry.name}`);
  };
  for (const hierarchy of await hierarchies()) await walk(`${hierarchy}${path}`);
  return all;
}

async function isThere(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}
