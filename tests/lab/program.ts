/**
 * Runs the compiled program as a user would: its own home, its streams read apart, Ctrl-C when a line appears. What it
 * prints with `--json` is held to its schema.
 */
import { holdToSchema } from "../cli/documents/held.ts";

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunProgramOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** The signal is sent once stderr matches. */
  readonly interruptAt?: RegExp;
  /** Default: SIGINT. */
  readonly signal?: Deno.Signal;
  /** Done once, when stderr matches. */
  readonly when?: { readonly says: RegExp; readonly then: () => Promise<void> };
  /** SIGKILL is sent after so many milliseconds. */
  readonly killAfter?: number;
  /** Copies both streams to this process's own, as they come. */
  readonly show?: boolean;
}

export const program: string = new URL("../../dist/unitune", import.meta.url).pathname;

/** What a program may inherit of this process: nothing that leads to an account of its own. */
const INHERITED = ["PATH", "LANG", "TERM"];

export async function runProgram(args: readonly string[], options: RunProgramOptions): Promise<Ran> {
  const home = await Deno.makeTempDir({ prefix: "unitune-home-" });
  const inherited = INHERITED.flatMap((name) => {
    const value = Deno.env.get(name);
    return value === undefined ? [] : [[name, value] as const];
  });
  const child = new Deno.Command(program, {
    args: [...args],
    cwd: options.cwd,
    clearEnv: true,
    env: { ...Object.fromEntries(inherited), HOME: home, ...options.env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const timer = options.killAfter ? setTimeout(() => child.kill("SIGKILL"), options.killAfter) : undefined;
  let interrupted = false;
  let acting: Promise<void> | undefined;
  const onText = (text: string): void => {
    if (options.when?.says.test(text)) acting ??= options.when.then();
    if (interrupted || !options.interruptAt?.test(text)) return;
    interrupted = true;
    child.kill(options.signal ?? "SIGINT");
  };
  const [stdout, stderr, status] = await Promise.all([
    read(child.stdout, options.show ? Deno.stdout : null, () => {}),
    read(child.stderr, options.show ? Deno.stderr : null, onText),
    child.status,
  ]);
  clearTimeout(timer);
  await acting;
  await Deno.remove(home, { recursive: true });
  holdToSchema(args, { stdout, stderr });
  return { code: status.code, stdout, stderr };
}

async function read(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  copy: { writeSync(bytes: Uint8Array): number } | null,
  onText: (text: string) => void,
): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of stream) {
    copy?.writeSync(chunk);
    text += decoder.decode(chunk, { stream: true });
    onText(text);
  }
  return text;
}

/** Copies the repository's own config and its images into a folder of the test's, under another name. */
export async function copyProject(name: string): Promise<string> {
  const root = new URL("../../", import.meta.url).pathname;
  const folder = await Deno.makeTempDir({ prefix: "unitune-project-" });
  await copyTree(`${root}examples/demo`, `${folder}/examples/demo`);
  const config = await Deno.readTextFile(`${root}unitune.config.ts`);
  await Deno.writeTextFile(`${folder}/unitune.config.ts`, config.replace(/name: "[^"]+"/, `name: "${name}"`));
  return folder;
}

export async function copyTree(from: string, to: string): Promise<void> {
  await Deno.mkdir(to, { recursive: true });
  for await (const entry of Deno.readDir(from)) {
    if (entry.isDirectory) await copyTree(`${from}/${entry.name}`, `${to}/${entry.name}`);
    else await Deno.copyFile(`${from}/${entry.name}`, `${to}/${entry.name}`);
  }
}
