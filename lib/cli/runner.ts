/** What all commands share: the common flags, opening the project, errors and the exit code. */
import { Command, Option } from "@commander-js/extra-typings";
import { EXIT, type ExitCode, openProject, type SecretEnv, UnituneError, type UnituneProject } from "../mod.ts";
import { errorDocument, errorText, exitCodeOf } from "./errors.ts";
import { type Common, Terminal, writeStderr } from "./terminal.ts";

export type Register = (runner: Runner) => void;

/** How a person ends the program. */
export interface Interrupts {
  readonly signal: AbortSignal;
  /** From now on Ctrl-C aborts the signal; called once. */
  listen(): void;
}

export class Runner {
  readonly #program: Command;
  readonly #signal: AbortSignal;
  readonly #interrupts: Interrupts;
  #common: Common = { color: true };
  code: ExitCode = EXIT.done;

  constructor(program: Command, interrupts: Interrupts) {
    this.#program = program;
    this.#signal = interrupts.signal;
    this.#interrupts = interrupts;
  }

  /** A new command with the flags that every command has. */
  command(name: string, summary: string) {
    // exitOverride is inherited only by commands made after it was called on their parent.
    return this.#program.command(name).description(summary).summary(summary)
      .option("-c, --config <file>", "the config file (default: unitune.config.ts, searched upward)")
      .option("--stage <name>", "the stage: everything is named <name>-<stage>")
      .option("--region <region>", "in place of the config's region")
      .option("--profile <name>", "profile of the AWS config files")
      .option("--env <name...>", "environment variables that the config may read")
      .option("--allow-read <dir...>", "folders outside the project that contexts and secrets may lie in")
      .option("--json", "one JSON document on stdout, events as NDJSON on stderr")
      .option("-v, --verbose", "say more")
      .option("--no-color", "no colour on stderr");
  }

  /** Opens the terminal and runs the command's body; its number is the exit code. */
  async run(common: Common, body: (terminal: Terminal) => Promise<ExitCode>): Promise<void> {
    this.#common = common;
    this.#interrupts.listen();
    await this.#run(new Terminal(common, this.#signal), body);
  }

  async #run(terminal: Terminal, body: (terminal: Terminal) => Promise<ExitCode>): Promise<void> {
    this.code = await body(terminal);
    if (this.#signal.aborted) this.code = EXIT.interrupted;
  }

  /** The same with the project of the config file, closed afterwards. */
  async withProject(
    common: Common,
    body: (project: UnituneProject, terminal: Terminal) => Promise<ExitCode>,
  ): Promise<void> {
    this.#common = common;
    await this.#run(new Terminal(common, this.#signal), async (terminal) => {
      const project = await openProject({
        file: common.config,
        stage: common.stage,
        region: common.region,
        profile: common.profile,
        env: passed(common.env ?? []),
        secretEnv: secretEnv(common.secretEnv ?? []),
        allowRead: common.allowRead,
        host: terminal.host,
        signal: this.#signal,
      });
      this.#interrupts.listen();
      try {
        return await body(project, terminal);
      } finally {
        await project.close();
      }
    });
  }

  failed(error: unknown): ExitCode {
    if (this.#signal.aborted) {
      writeStderr(this.#common.json ? "" : "interrupted\n");
      return EXIT.interrupted;
    }
    const verbose = this.#common.verbose ?? false;
    const text = this.#common.json
      ? `${JSON.stringify({ at: Date.now(), level: "error", type: "error", ...errorDocument(error) as object })}\n`
      : errorText(error, verbose);
    writeStderr(text);
    return exitCodeOf(error);
  }
}

/** The flag of the commands that build; given once for each name, as images' names may follow. */
export function secretEnvOption() {
  return new Option("--secret-env <name>", "an environment variable that secrets of images may come from; repeatable")
    .argParser((name: string, before: readonly string[] | undefined) => [...before ?? [], name]);
}

/** Read only when a Job needs it. */
function secretEnv(names: readonly string[]): SecretEnv {
  return (name) => names.includes(name) ? Deno.env.get(name) ?? null : undefined;
}

function passed(names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => {
    const value = Deno.env.get(name);
    if (value !== undefined) return [name, value];
    throw new UnituneError("ENV_MISSING", `Cannot pass ${name} to the config: the environment has none`, {
      path: `--env ${name}`,
      hint: `Set ${name}, or leave the flag out`,
    });
  }));
}
