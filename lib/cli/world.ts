/** What the command line uses of its environment. Tests pass their own. */
import { openProject } from "../mod.ts";

/** One of the program's two output streams. */
interface Stream {
  /** Writes as many bytes as it can, and returns their number. */
  writeSync(bytes: Uint8Array): number;
  isTerminal(): boolean;
}

export interface World {
  /** Aborted when the user interrupts the program. */
  readonly signal: AbortSignal;
  /** From this call on, Ctrl-C aborts the signal. Called once. */
  listen(): void;
  readonly stdout: Stream;
  readonly stderr: Stream;
  readonly env: (name: string) => string | undefined;
  readonly open: typeof openProject;
  /** How this program is started: its path, and the arguments before a command's own. */
  readonly program: readonly [string, ...string[]];
}

/** The environment of the process, with the given interrupts. */
export function processWorld(interrupts: Pick<World, "signal" | "listen">): World {
  const env = (name: string) => Deno.env.get(name);
  const { stdout, stderr } = Deno, program = Deno.execPath();
  const source = Deno.build.standalone ? [] : ["run", "-A", new URL(Deno.mainModule).pathname];
  return { ...interrupts, stdout, stderr, env, open: openProject, program: [program, ...source] };
}

/** If the reader is gone (`unitune plan | head`), the writing ends, but not the program. */
export function writeTo(stream: Stream, text: string): void {
  const bytes = new TextEncoder().encode(text);
  try {
    for (let offset = 0; offset < bytes.length;) offset += stream.writeSync(bytes.subarray(offset));
  } catch (error) {
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}
