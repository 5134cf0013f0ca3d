/** What a command writes to and asks: two streams, a host, and a confirmation. */
import { plainText, safeJson } from "../core/text.ts";
import type { Document } from "./documents/types.ts";
import {
  type DescribeOptions,
  type ExecCredential,
  type Host,
  jsonHost,
  type JsonSchema,
  terminalHost,
  type Tracing,
  UnituneError,
} from "../mod.ts";
import { annotations } from "./annotations.ts";
import { errorText } from "./errors.ts";
import type { World } from "./world.ts";
import { writeTo } from "./write.ts";

export interface Common {
  readonly config?: string | undefined;
  readonly stage?: string | undefined;
  readonly region?: string | undefined;
  readonly profile?: string | undefined;
  readonly env?: readonly string[] | undefined;
  readonly allowRead?: readonly string[] | undefined;
  /** Only for commands that build. */
  readonly secretEnv?: readonly string[] | undefined;
  readonly json?: boolean | undefined;
  readonly verbose?: boolean | undefined;
  /** Only for commands whose work is a build. */
  readonly quiet?: boolean | undefined;
  readonly color: boolean;
}

/** Deletes what a terminal shows, and begins at the top. */
const CLEAR = "\x1b[H\x1b[2J\x1b[3J";

export class Terminal {
  readonly host: Host;
  readonly json: boolean;
  readonly signal: AbortSignal;
  readonly #quiet: boolean;
  readonly #world: World;

  constructor(common: Common, world: World, tracing: Tracing | null = null) {
    const { signal, stderr, env } = world, verbose = common.verbose ?? false, isTerminal = stderr.isTerminal();
    this.json = common.json ?? false;
    this.signal = signal;
    this.#world = world;
    const write = (text: string) => writeTo(stderr, text);
    const moves = isTerminal && !isDumb(env), live = moves && !isSet(env("CI"));
    const color = common.color && !env("NO_COLOR") && moves, { remember = false } = world;
    const human = { write, isTerminal, live, color, verbose, signal, input: world.stdin, remember };
    const host = this.json ? jsonHost({ write, verbose }) : terminalHost(human);
    this.#quiet = common.quiet ?? false;
    const shown: Host = this.#quiet ? { ...host, emit: (event) => event.level === "error" && host.emit(event) } : host;
    this.host = tracing?.through(shown) ?? shown;
  }

  /** How wide a plan may be: as the terminal on which it is shown, if it is one. */
  layout(on: "stdout" | "stderr"): DescribeOptions {
    return { columns: this.#world[on].isTerminal() ? this.#world.columns() : undefined };
  }

  /** Prints the result: the document with `--json`, otherwise the text, on a terminal `instead` of what it shows. */
  result(text: string, document: Document, instead = false): void {
    const { stdout, env } = this.#world;
    if (instead && stdout.isTerminal() && !isDumb(env)) writeTo(this.#world.stdout, CLEAR);
    this.exact(plainText(text), document);
  }

  /** Prints a result for other programs: its YAML or JSON escapes what would control a terminal. */
  exact(text: string, document: Document | JsonSchema | ExecCredential): void {
    writeTo(
      this.#world.stdout,
      this.json
        ? `${safeJson(document, 2)}
`
        : text === ""
        ? ""
        : `${text}
`,
    );
  }

  /** Prints a line of a result that comes line by line; on stderr with `--json`, whose document is all of stdout. */
  line(text: string): void {
    writeTo(this.json ? this.#world.stderr : this.#world.stdout, `${plainText(text)}\n`);
  }

  /** Prints a line that is not an event; nothing with `--json` or `--quiet`. */
  say(text: string): void {
    if (!this.json && !this.#quiet) writeTo(this.#world.stderr, `${plainText(text)}\n`);
  }

  /** Prints the error of one step; with `--json`, whose document holds it, only what GitHub's runner reads. */
  failed(error: unknown): void {
    const { stderr, env } = this.#world;
    if (!this.json) writeTo(stderr, `\n${errorText(error, false)}`);
    writeTo(stderr, annotations(error, env));
  }

  /** Asks for a name to be typed, unless `--yes` is set: for what cannot be undone. */
  async typed(name: string, question: string, yes: boolean | undefined): Promise<boolean> {
    if (yes) return true;
    const answer = await this.host.ask?.(`${question} Type ${name} to go on:`) ?? null;
    if (answer !== null) return answer === name;
    throw unanswered(question);
  }

  /** Asks for confirmation, unless `--yes` is set. Without a terminal it throws an error that names the flag. */
  async confirmed(question: string, yes: boolean | undefined): Promise<boolean> {
    if (yes) return true;
    const answer = await this.host.confirm(question);
    if (answer !== null) return answer;
    throw unanswered(question);
  }
}

function unanswered(question: string): UnituneError {
  return new UnituneError("NO_TERMINAL", `Cannot ask "${question}" as there is no terminal`, {
    hint: "Add --yes to skip the question",
  });
}

/** A terminal whose cursor cannot be moved, such as that of an editor. */
function isDumb(env: World["env"]): boolean {
  return env("TERM") === "dumb";
}

/** What redraws itself is unreadable in the log of a CI run, even if it looks like a terminal. */
function isSet(value: string | undefined): boolean {
  return value !== undefined && !["", "0", "false"].includes(value);
}
