/** What all commands share: common flags, the open project, errors and exit codes. */
import { Command, Option } from "@commander-js/extra-typings";
import { SHELL_FLAG } from "../core/facts/shell.ts";
import { emitterOf } from "../core/emitter.ts";
import { safeJson } from "../core/text.ts";
import { EXIT, type ExitCode, type SecretEnv, startTracing, UnituneError, type UnituneProject } from "../mod.ts";
import { annotations } from "./annotations.ts";
import { errorDocument, errorText, exitCodeOf, failureDocument, understood } from "./errors.ts";
import { type Common, Terminal } from "./terminal.ts";
import { groupOf } from "./manual.ts";
import type { World } from "./world.ts";
import { writeTo } from "./write.ts";

export type Register = (runner: Runner) => void;

export class Runner {
  readonly #program: Command;
  readonly #world: World;
  code: ExitCode = EXIT.done;

  constructor(program: Command, world: World) {
    this.#program = program;
    this.#world = world;
  }

  /** How this program is started. */
  get startedAs(): World["program"] {
    return this.#world.program;
  }

  /** This machine's public address, if AWS tells it. */
  async address(): Promise<string | null> {
    return await this.#world.address() ?? null;
  }

  env(name: string): string | undefined {
    return this.#world.env(name);
  }

  /** A new command with the flags that every command has. */
  command(name: string, summary: string) {
    // Only commands that are created after it was called on their parent inherit exitOverride.
    return this.#program.command(name).description(summary).summary(summary).helpGroup(groupOf(name))
      .helpOption("-h, --help", "print this help")
      .option("-c, --config <file>", "the config file (default: unitune.config.ts, searched upward)")
      .option("--stage <name>", "the stage: everything is named <name>-<stage>")
      .option("--region <region>", "the region, instead of the config's")
      .option("--profile <name>", "profile of the AWS config files")
      .option(SHELL_FLAG, "run the `credential_process` of the AWS profile")
      .addOption(repeatable("--env <name[=value]>", "a variable that the config may read; repeatable"))
      .addOption(repeatable("--allow-read <dir>", "a folder outside the project for contexts and secrets; repeatable"))
      .option("--json", "one JSON document on stdout, events as NDJSON on stderr")
      .option("-v, --verbose", "show debug events and more of each error")
      .option("--no-color", "no colour on stderr");
  }

  /** Opens the terminal and runs the command's body, which returns the exit code. */
  async run(common: Common, body: (terminal: Terminal) => Promise<ExitCode>): Promise<void> {
    this.#world.listen();
    await this.#run(common, body);
  }

  async #run(common: Common, body: (terminal: Terminal) => Promise<ExitCode>): Promise<void> {
    const tracing = await startTracing(`unitune ${this.#program.args[0] ?? ""}`, (name) => this.#world.env(name));
    const terminal = new Terminal(common, this.#world, tracing);
    if (!tracing) return await this.#interruptible(terminal, body);
    const ended = async (exitCode: ExitCode, error?: string) => {
      const trouble = await tracing.end({ at: Date.now(), exitCode, error });
      if (trouble !== null) {
        emitterOf(terminal.host.emit, { now: Date.now }).emit({ type: "warning", message: trouble });
      }
    };
    try {
      await this.#interruptible(terminal, body);
    } catch (error) {
      await ended(exitCodeOf(error), failureDocument(error).code);
      throw error;
    }
    await ended(this.code);
  }

  async #interruptible(terminal: Terminal, body: (terminal: Terminal) => Promise<ExitCode>): Promise<void> {
    const { signal } = this.#world, answer = () => terminal.say("interrupted: stopping; once more ends at once");
    signal.addEventListener("abort", answer, { once: true });
    try {
      this.code = await body(terminal);
    } finally {
      signal.removeEventListener("abort", answer);
    }
    if (signal.aborted) this.code = EXIT.interrupted;
  }

  /** The same with the project of the config file, which is closed afterwards. */
  async withProject(
    common: Common,
    body: (project: UnituneProject, terminal: Terminal) => Promise<ExitCode>,
  ): Promise<void> {
    await this.#run(common, async (terminal) => {
      const project = await this.#world.open({
        file: common.config,
        stage: common.stage,
        region: common.region,
        profile: common.profile,
        env: passed(common.env ?? [], this.#world.env),
        secretEnv: secretEnv(common.secretEnv ?? [], this.#world.env),
        allowRead: common.allowRead,
        host: terminal.host,
        signal: this.#world.signal,
      });
      this.#world.listen();
      try {
        return await body(project, terminal);
      } finally {
        await project.close();
      }
    });
  }

  /** Prints an error that ended the command. `args` tell what could not be parsed. */
  failed(thrown: unknown, args: readonly string[]): ExitCode {
    const error = understood(thrown);
    const { signal, stderr, env } = this.#world;
    if (signal.aborted) return EXIT.interrupted;
    const flagged = (...flags: readonly string[]) => args.some((word) => flags.includes(word));
    const text = flagged("--json")
      ? `${safeJson(errorDocument(error, Date.now()))}\n`
      : errorText(error, flagged("--verbose", "-v"));
    writeTo(stderr, text + annotations(error, env));
    return exitCodeOf(error);
  }
}

/** The flag of the commands that build. */
export function secretEnvOption() {
  return repeatable("--secret-env <name>", "a variable that secrets of builds may use; repeatable");
}

/** A flag that takes one value at a time, as arguments may follow. */
function repeatable<Flags extends string>(flags: Flags, description: string) {
  return new Option(flags, description)
    .argParser((value: string, before: readonly string[] | undefined) => [...before ?? [], value]);
}

/** The flags of the commands whose work is a build. */
export function quietOption() {
  return new Option("-q, --quiet", "print only the result, and errors");
}

export function noWaitOption() {
  return new Option("--no-wait", "start the Jobs, and do not wait for their end; images that need others come later");
}

export function cancelOption() {
  return new Option("--cancel-on-interrupt", "on Ctrl-C, delete the Jobs that this run created (default: they go on)")
    .conflicts("wait");
}

/** Read only when a Job needs it. */
function secretEnv(names: readonly string[], env: World["env"]): SecretEnv {
  return (name) => names.includes(name) ? env(name) ?? null : undefined;
}

/** The variables of `--env`: `NAME` is read from the environment, `NAME=value` is given. */
function passed(words: readonly string[], env: World["env"]): Record<string, string> {
  return Object.fromEntries(words.map((word) => {
    const [, name = word, given] = /^([^=]+)=(.*)$/s.exec(word) ?? [], value = given ?? env(name);
    if (value !== undefined) return [name, value];
    throw new UnituneError("ENV_MISSING", `Cannot pass ${name} to the config: it is not set`, {
      path: `--env ${name}`,
      hint: `Set ${name}, write --env ${name}=value, or omit the flag`,
    });
  }));
}
