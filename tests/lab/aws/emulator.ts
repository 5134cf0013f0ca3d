/**
 * Starts and ends emulators of AWS: one process per account, each on a port of its own, registered where the lab's
 * services look for it. Needs no other part of the lab.
 */
import { createHash } from "node:crypto";
import { Socket } from "node:net";
import { apiServer, emulatorPython, pki, run, source } from "../layout.ts";

export interface EmulatorOptions {
  /** 12 digits. */
  readonly account: string;
  readonly port: number;
  /** Loopback (default) or the lab's bridge, where pods reach it. */
  readonly host?: string;
  /** The registry that holds the images of ECR; without it repositories hold none and PutImage fails. */
  readonly registry?: string;
  /** What DescribeCluster answers; default: the lab's API server and CA. */
  readonly eksEndpoint?: string;
  readonly eksCaFile?: string;
  /** Files that are read while it runs, see README.md. */
  readonly faultsFile?: string;
  readonly noCapacityFile?: string;
  /** One JSON line a request; default: `<run dir>/logs/requests-<account>.jsonl`. */
  readonly traceFile?: string;
  /** Seconds that each CloudFormation create takes, and that an instance is shutting-down. */
  readonly createDelay?: number;
  readonly shutdownSeconds?: number;
  /** Life of an ECR authorization token; default: 12 hours. */
  readonly ecrTokenSeconds?: number;
}

export interface Emulator {
  readonly account: string;
  readonly port: number;
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
}

interface Registration {
  readonly account: string;
  readonly host: string;
  readonly port: number;
  readonly pid: number;
  /** Hash of the sources that it runs. */
  readonly sources: string;
}

const READY_MS = 60_000;
const STOP_MS = 10_000;

/** Starts an emulator and waits until it answers. Fails if its port or its account is taken. */
export async function startEmulator(options: EmulatorOptions): Promise<Emulator> {
  const host = options.host ?? "127.0.0.1";
  await refuseSecond(options.account, host, options.port);
  const sources = await emulatorSources();
  const log = `${run.logs}/emulator-${options.account}.log`;
  await Deno.mkdir(run.logs, { recursive: true });
  const child = new Deno.Command(Deno.env.get("UNITUNE_LAB_PYTHON") || emulatorPython, {
    args: await emulatorArguments(options, host, log),
    cwd: `${source}/aws`,
    env: { NODE_PATH: `${source}/../../node_modules`, PYTHONDONTWRITEBYTECODE: "1" },
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  let ended = false;
  const status = child.status.then(() => ended = true);
  child.unref();
  const url = `http://${host}:${options.port}`;
  try {
    await until(() => ended || isReady(url), READY_MS);
    if (ended) throw new Error(`Cannot start the emulator: it ended at once, see ${log}`);
  } catch (error) {
    if (!ended) await end(child.pid);
    throw error;
  }
  const registration = { account: options.account, host, port: options.port, pid: child.pid, sources };
  await register(registration);
  const stop = async () => {
    child.ref(); // its end is now waited for
    if (!ended) await end(child.pid);
    await status;
    await unregister(registration);
  };
  return { account: options.account, port: options.port, url, pid: child.pid, stop };
}

/** The emulators that run now. Registrations of ended processes are taken away. */
export async function runningEmulators(): Promise<readonly Registration[]> {
  const found: Registration[] = [];
  try {
    for await (const entry of Deno.readDir(run.emulators)) {
      if (!entry.name.endsWith(".json")) continue;
      const registration = JSON.parse(await Deno.readTextFile(`${run.emulators}/${entry.name}`)) as Registration;
      if (await isEmulator(registration.pid)) found.push(registration);
      else await unregister(registration);
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return found;
}

/** Ends an emulator that another process started, and waits for its end. */
export async function stopEmulator(account: string): Promise<void> {
  for (const registration of await runningEmulators()) {
    if (registration.account !== account) continue;
    await end(registration.pid);
    await unregister(registration);
  }
}

/** What an emulator started now would run; one whose registration says otherwise is to be replaced. */
export async function emulatorSources(): Promise<string> {
  const files: string[] = [];
  for (const [folder, ending] of [[`${source}/aws/emulator`, ".py"], [`${source}/../facts`, ".json"]] as const) {
    for await (const { name } of Deno.readDir(folder)) if (name.endsWith(ending)) files.push(`${folder}/${name}`);
  }
  const hash = createHash("sha256").update(await Deno.readTextFile(`${source}/aws/requirements.txt`));
  for (const file of files.sort()) hash.update(file.slice(source.length)).update(await Deno.readFile(file));
  return hash.digest("hex");
}

async function emulatorArguments(options: EmulatorOptions, host: string, log: string): Promise<string[]> {
  const caFile = options.eksCaFile ?? (await exists(pki.ca.cert) ? pki.ca.cert : undefined);
  const named: Record<string, string | number | undefined> = {
    account: options.account,
    host,
    port: options.port,
    registry: options.registry,
    "eks-endpoint": options.eksEndpoint ?? apiServer,
    "eks-ca-file": caFile,
    "faults-file": options.faultsFile,
    "no-capacity-file": options.noCapacityFile,
    "trace-file": options.traceFile ?? `${run.logs}/requests-${options.account}.jsonl`,
    "create-delay": options.createDelay,
    "shutdown-seconds": options.shutdownSeconds,
    "ecr-token-seconds": options.ecrTokenSeconds,
    "log-file": log,
  };
  const given = Object.entries(named).filter(([, value]) => value !== undefined);
  return ["-m", "emulator", ...given.map(([name, value]) => `--${name}=${value}`)];
}

async function refuseSecond(account: string, host: string, port: number): Promise<void> {
  const twin = (await runningEmulators()).find((registration) => registration.account === account);
  if (twin) {
    throw new Error(
      `Cannot start a second emulator of account ${account}: process ${twin.pid} is at ${twin.host}:${twin.port}`,
    );
  }
  if (await accepts(host, port)) {
    throw new Error(`Cannot start the emulator: ${host}:${port} is taken; give each test file a port of its own`);
  }
}

function accepts(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = new Socket();
    const done = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once("connect", () => done(true)).once("error", () => done(false)).connect(port, host);
  });
}

async function isReady(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/_ministack/ready`);
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}

async function register(registration: Registration): Promise<void> {
  await Deno.mkdir(run.emulators, { recursive: true });
  const file = `${run.emulators}/${registration.account}.json`;
  await Deno.writeTextFile(`${file}.new`, JSON.stringify(registration) + "\n");
  await Deno.rename(`${file}.new`, file);
}

async function unregister(registration: Registration): Promise<void> {
  await Deno.remove(`${run.emulators}/${registration.account}.json`).catch(() => {});
}

async function end(pid: number): Promise<void> {
  Deno.kill(pid, "SIGTERM");
  try {
    await until(async () => !(await isEmulator(pid)), STOP_MS);
  } catch {
    Deno.kill(pid, "SIGKILL");
    await until(async () => !(await isEmulator(pid)), STOP_MS);
  }
}

/** Whether this process lives and is an emulator; a zombie has no command line, a reused id another one. */
async function isEmulator(pid: number): Promise<boolean> {
  const command = await Deno.readTextFile(`/proc/${pid}/cmdline`).catch(() => "");
  return command.includes("-m\0emulator\0");
}

async function until(check: () => boolean | Promise<boolean>, milliseconds: number): Promise<void> {
  const deadline = Date.now() + milliseconds;
  while (!(await check())) {
    if (Date.now() > deadline) {
      throw new Error(`Cannot go on: the emulator was not ready after ${milliseconds} ms`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function exists(file: string): Promise<boolean> {
  return await Deno.stat(file).then(() => true, () => false);
}
