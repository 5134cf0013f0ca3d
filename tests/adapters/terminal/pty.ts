/** Programs in a real pseudo-terminal, which `script` of util-linux opens: its size, its keys, and what it shows. */

interface Setting {
  readonly columns: number;
  readonly rows?: number;
  readonly env?: Readonly<Record<string, string>>;
}

/** What a person does at the terminal. */
export interface Person {
  /** Waits until the terminal shows it. */
  sees(what: RegExp): Promise<void>;
  type(keys: string): Promise<void>;
  /** Makes the window wider or narrower: the program in it is told by SIGWINCH. */
  resize(columns: number): Promise<void>;
}

interface Shown {
  readonly code: number;
  /** Everything that the program wrote, with its control sequences. */
  readonly text: string;
}

const LIMIT_MS = 60_000;

/** Runs a command of this Deno in a terminal to its end. */
export async function inTerminal(
  args: readonly string[],
  { columns, rows = 24, env = {} }: Setting,
  act: (person: Person) => Promise<void> = () => Promise.resolve(),
): Promise<Shown> {
  const command = [Deno.execPath(), ...args].map((word) => `'${word}'`).join(" ");
  const child = new Deno.Command("script", {
    args: [
      "--quiet",
      "--flush",
      "--return",
      "--command",
      `stty -echo cols ${columns} rows ${rows}; tty; exec ${command}`,
      "/dev/null",
    ],
    env: { SHELL: "/bin/sh", TERM: "xterm", CI: "", NO_COLOR: "", ...env },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
    signal: AbortSignal.timeout(LIMIT_MS),
  }).spawn();
  const terminal = new TerminalText(), reading = terminal.read(child.stdout), keys = child.stdin.getWriter();
  await terminal.sees(/^\/dev\/pts\/\d+\r\n/);
  const tty = terminal.text.split("\r\n")[0]!;
  await act({
    sees: (what) => terminal.sees(what),
    type: (text) => keys.write(new TextEncoder().encode(text)),
    resize: async (columns) => {
      await new Deno.Command("stty", { args: ["-F", tty, "cols", String(columns)] }).output();
    },
  });
  const { code } = await child.status;
  await Promise.all([reading, child.stderr.cancel(), keys.close().catch(() => {})]);
  return { code, text: terminal.text.slice(tty.length + 2).replaceAll("\r\n", "\n") };
}

class TerminalText {
  text = "";
  #changed = () => {};

  async read(stream: ReadableStream<Uint8Array>): Promise<void> {
    for await (const part of stream.pipeThrough(new TextDecoderStream())) {
      this.text += part;
      this.#changed();
    }
  }

  async sees(what: RegExp): Promise<void> {
    while (!what.test(this.text)) {
      let timer: ReturnType<typeof setTimeout> | undefined;
      const late = new Promise<never>((_, reject) => {
        timer = setTimeout(
          () => reject(new Error(`The terminal does not show ${what}: ${JSON.stringify(this.text)}`)),
          LIMIT_MS / 2,
        );
      });
      await Promise.race([new Promise<void>((resolve) => this.#changed = resolve), late]).finally(() =>
        clearTimeout(timer)
      );
    }
  }
}
