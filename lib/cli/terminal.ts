/** What a command talks to: two streams, a host, and the answer to "may I?". */
import { plainText } from "../core/text.ts";
import type { Document } from "./documents/types.ts";
import { type Host, jsonHost, type JsonSchema, terminalHost, UnituneError } from "../mod.ts";
import { type World, writeTo } from "./world.ts";

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

export class Terminal {
  readonly host: Host;
  readonly json: boolean;
  readonly signal: AbortSignal;
  readonly #world: World;

  constructor(common: Common, world: World) {
    const { signal, stderr, env } = world, verbose = common.verbose ?? false, isTerminal = stderr.isTerminal();
    this.json = common.json ?? false;
    this.signal = signal;
    this.#world = world;
    const write = (text: string) => writeTo(stderr, text);
    const color = common.color && !env("NO_COLOR") && isTerminal;
    this.host = this.json ? jsonHost({ write, verbose }) : terminalHost({ write, isTerminal, color, verbose, signal });
  }

  /** The result: the document with `--json`, the text without. */
  result(text: string, document: Document): void {
    this.exact(plainText(text), document);
  }

  /** A result that other programs read, to the letter: YAML and JSON escape what would steer a terminal. */
  exact(text: string, document: Document | JsonSchema): void {
    writeTo(this.#world.stdout, this.json ? `${JSON.stringify(document, null, 2)}\n` : text === "" ? "" : `${text}\n`);
  }

  /** A line of the story that is no event; nothing with `--json`. */
  say(text: string): void {
    if (!this.json) writeTo(this.#world.stderr, `${plainText(text)}\n`);
  }

  /** An error that ends a part of the work; nothing with `--json`, whose document holds it. */
  error(text: string): void {
    if (!this.json) writeTo(this.#world.stderr, `\n${text}`);
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
