/** Long-running processes of the lab: each has a record with its pid, a log that is only appended to, and a key. */
import { run as paths } from "../layout.ts";
import { keyOf, readIfThere, remove, sleep, writeWhole } from "../shell.ts";

export interface Service {
  readonly name: string;
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Content of the files that the process reads at its start: a change means a restart. */
  readonly config?: readonly string[];
  /** True once it does its work. */
  readonly healthy: () => Promise<boolean> | boolean;
  /** How long it may take to become healthy; default 60. */
  readonly seconds?: number;
}
interface Mark {
  readonly pid: number;
  /** Start time from /proc, so that a number used again is not taken for the process. */
  readonly start: string;
  readonly key: string;
}

/** In the environment of every process of the lab, by which `down` finds what lost its record. */
export const marker = "UNITUNE_LAB_PROCESS";

const recordPath = (name: string) => `${paths.pids}/${name}.json`;
const logPath = (name: string) => `${paths.logs}/${name}.log`;

/** Keeps a healthy process of the same command, replaces any other. Says whether it was there already. */
export async function ensure(service: Service): Promise<"kept" | "started"> {
  const key = keyOf(JSON.stringify([service.command, service.env ?? {}, service.cwd ?? "", service.config ?? []]));
  const record = await recordOf(service.name);
  if (record?.key === key && isAlive(record) && await isHealthy(service)) return "kept";
  await stop(service.name);
  const pid = start(service);
  await writeWhole(recordPath(service.name), JSON.stringify({ pid, start: startOf(pid), key }));
  await becomeHealthy(service, pid);
  return "started";
}

function start(service: Service): number {
  const child = new Deno.Command("setsid", {
    // the shell only opens the log, then becomes the program: the pid is the program's
    args: [
      "sh",
      "-c",
      'log=$1; shift; exec "$@" >>"$log" 2>&1 </dev/null',
      "sh",
      logPath(service.name),
      ...service.command,
    ],
    env: { ...service.env, [marker]: service.name },
    ...(service.cwd === undefined ? {} : { cwd: service.cwd }),
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  child.unref();
  return child.pid;
}

async function becomeHealthy(service: Service, pid: number): Promise<void> {
  const end = Date.now() + (service.seconds ?? 60) * 1000;
  while (!(await isHealthy(service))) {
    const gone = !isRunning(pid);
    if (gone || Date.now() > end) {
      const tail = (await readIfThere(logPath(service.name)) ?? "").trim().split("\n").slice(-12).join("\n");
      const what = gone ? "ended at its start" : `was not healthy after ${service.seconds ?? 60} s`;
      throw new Error(`${service.name} ${what}; the end of ${logPath(service.name)}:\n${tail}`);
    }
    await sleep(100);
  }
}

async function isHealthy(service: Service): Promise<boolean> {
  try {
    return await service.healthy();
  } catch {
    // refused, reset or not there yet: what a process that is starting answers
    return false;
  }
}

/** Ends a process and waits until it is gone. */
export async function stop(name: string, patience = 15): Promise<void> {
  const record = await recordOf(name);
  if (record && isAlive(record)) await end(record.pid, patience);
  await remove(recordPath(name));
}

/** Asks a process to end, insists after `patience` seconds, and returns when it is gone. */
export async function end(pid: number, patience: number): Promise<void> {
  const started = startOf(pid);
  const signal = (name: Deno.Signal) => {
    try {
      Deno.kill(pid, name);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  };
  const gone = () => !isRunning(pid) || startOf(pid) !== started;
  if (gone()) return;
  signal("SIGTERM");
  for (let waited = 0; waited < patience * 20 && !gone(); waited++) await sleep(50);
  if (gone()) return;
  signal("SIGKILL");
  for (let waited = 0; waited < 100 && !gone(); waited++) await sleep(50);
}

export async function isUp(name: string): Promise<boolean> {
  const record = await recordOf(name);
  return record !== undefined && isAlive(record);
}

/** Names of all processes that have a record. */
export async function recorded(): Promise<string[]> {
  const names: string[] = [];
  try {
    for await (const entry of Deno.readDir(paths.pids)) {
      if (entry.name.endsWith(".json")) names.push(entry.name.slice(0, -".json".length));
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return names.sort();
}

async function recordOf(name: string): Promise<Mark | undefined> {
  const text = await readIfThere(recordPath(name));
  return text === undefined ? undefined : JSON.parse(text) as Mark;
}

function isAlive(record: Mark): boolean {
  return isRunning(record.pid) && startOf(record.pid) === record.start;
}

/** Field 22 of /proc/<pid>/stat; the name in parentheses may hold spaces. */
function startOf(pid: number): string {
  return statOf(pid)?.[19] ?? "";
}

export function isRunning(pid: number): boolean {
  const state = statOf(pid)?.[0];
  return state !== undefined && state !== "Z" && state !== "X";
}

function statOf(pid: number): string[] | undefined {
  try {
    const text = Deno.readTextFileSync(`/proc/${pid}/stat`);
    return text.slice(text.lastIndexOf(")") + 2).split(" ");
  } catch {
    return undefined;
  }
}

/** Pids of all processes with the lab's mark, and of their like that carry it by inheritance. */
export async function marked(): Promise<number[]> {
  const found: number[] = [];
  for await (const entry of Deno.readDir("/proc")) {
    const pid = Number(entry.name);
    if (!Number.isInteger(pid) || pid === Deno.pid || !isRunning(pid)) continue;
    try {
      const environ = await Deno.readTextFile(`/proc/${pid}/environ`);
      if (environ.split("\0").some((line) => line.startsWith(`${marker}=`))) found.push(pid);
    } catch {
      // ended meanwhile
    }
  }
  return found;
}
