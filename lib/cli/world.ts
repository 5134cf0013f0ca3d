/** What the command line touches of its surroundings: a test of it hands in others. */
import { openProject } from "../mod.ts";

/** One of the program's two streams. */
interface Stream {
  /** Takes as many bytes as it can, and gives their number. */
  writeSync(bytes: Uint8Array): number;
  isTerminal(): boolean;
}

export interface World {
  /** How a person ends the program. */
  readonly signal: AbortSignal;
  /** From now on Ctrl-C aborts the signal; called once. */
  listen(): void;
  readonly stdout: Stream;
  readonly stderr: Stream;
  readonly env: (name: string) => string | undefined;
  readonly open: typeof openProject;
}

/** The process's own, but for how it is ended. */
export function processWorld(interrupts: Pick<World, "signal" | "listen">): World {
  const env = (name: string) => Deno.env.get(name);
  return { ...interrupts, stdout: Deno.stdout, stderr: Deno.stderr, env, open: openProject };
}

/** A stream whose reader has gone (`unitune plan | head`) ends the writing, not the program. */
export function writeTo(stream: Stream, text: string): void {
  const bytes = new TextEncoder().encode(text);
  try {
    for (let offset = 0; offset < bytes.length;) offset += stream.writeSync(bytes.subarray(offset));
  } catch (error) {
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}
