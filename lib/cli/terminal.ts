/** What a command talks to: two streams, a host, and the answer to "may I?". */
import { plainText } from "../core/text.ts";
import { type Host, jsonHost, terminalHost, UnituneError } from "../mod.ts";

export interface Common {
  readonly config?: string | undefined;
  readonly stage?: string | undefined;
  readonly region?: string | undefined;
  readonly profile?: string | undefined;
  readonly env?: readonly string[] | undefined;
  readonly allowRead?: readonly string[] | undefined;
  /** Of the commands that build. */
  readonly secretEnv?: readonly string[] | undefined;
  readonly json?: boolean | undefined;
  readonly verbose?: boolean | undefined;
  readonly color: boolean;
}

const encoder = new TextEncoder();

export class Terminal {
  readonly host: Host;
  readonly json: boolean;
  readonly signal: AbortSignal;

  constructor(common: Common, signal: AbortSignal) {
    this.json = common.json ?? false;
    this.signal = signal;
    const write = writeStderr;
    const verbose = common.verbose ?? false;
    const color = common.color && !Deno.env.get("NO_COLOR") && Deno.stderr.isTerminal();
    this.host = this.json
      ? jsonHost({ write, verbose })
      : terminalHost({ write, isTerminal: Deno.stderr.isTerminal(), color, verbose, signal });
  }

  /** The result: the document with `--json`, the text without. */
  result(text: string, document: unknown): void {
    this.exact(plainText(text), document);
  }

  /** A result that other programs read, to the letter: YAML and JSON escape what would steer a terminal. */
  exact(text: string, document: unknown): void {
    writeAll(Deno.stdout, this.json ? `${JSON.stringify(document, null, 2)}\n` : text === "" ? "" : `${text}\n`);
  }

  /** A line of the story that is no event; nothing with `--json`. */
  say(text: string): void {
    if (!this.json) writeStderr(`${plainText(text)}\n`);
  }

  /** Asks, unless `--yes` answered; without a terminal it says which flag answers. */
  async confirmed(question: string, yes: boolean | undefined): Promise<boolean> {
    if (yes) return true;
    const answer = await this.host.confirm(question);
    if (answer !== null) return answer;
    throw new UnituneError("NO_TERMINAL", `Cannot ask "${question}" as there is no terminal`, {
      hint: "Add --yes to go on without asking",
    });
  }
}

export function writeStderr(text: string): void {
  writeAll(Deno.stderr, text);
}

/** A stream whose reader has gone (`unitune plan | head`) ends the writing, not the program. */
function writeAll(stream: { writeSync(bytes: Uint8Array): number }, text: string): void {
  const bytes = encoder.encode(text);
  try {
    for (let offset = 0; offset < bytes.length;) offset += stream.writeSync(bytes.subarray(offset));
  } catch (error) {
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}
