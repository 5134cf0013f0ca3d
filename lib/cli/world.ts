/** What the command line uses of its environment. Tests pass their own. */
import { type Input, openProject, publicAddress } from "../mod.ts";
import type { Stream } from "./write.ts";

/** The columns of the terminal; `undefined` without one. */
type Columns = () => number | undefined;

export interface World {
  /** Aborted when the user interrupts the program. */
  readonly signal: AbortSignal;
  /** From this call on, Ctrl-C aborts the signal. Called once. */
  listen(): void;
  readonly stdout: Stream;
  readonly stderr: Stream;
  readonly columns: Columns;
  /** Is it remembered how long steps take? */
  readonly remember?: boolean;
  /** Where answers come from. */
  readonly stdin: Input;
  readonly env: (name: string) => string | undefined;
  readonly open: typeof openProject;
  readonly address: typeof publicAddress;
  /** How this program is started: its path, and the arguments before a command's own. */
  readonly program: readonly [string, ...string[]];
}

/** The environment of the process, with the given interrupts. */
export function processWorld(interrupts: Pick<World, "signal" | "listen">): World {
  const env = (name: string) => Deno.env.get(name);
  const { stdin, stdout, stderr } = Deno, program = Deno.execPath();
  const source = Deno.build.standalone ? [] : ["run", "-A", new URL(Deno.mainModule).pathname];
  return {
    ...interrupts,
    stdin,
    stdout,
    stderr,
    columns: terminalColumns,
    remember: true,
    env,
    open: openProject,
    address: publicAddress,
    program: [program, ...source],
  };
}

function terminalColumns(): number | undefined {
  try {
    return Deno.consoleSize().columns || undefined;
  } catch {
    return undefined;
  }
}
