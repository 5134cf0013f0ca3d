/** The command line: a list of commands. Each is a file that turns flags into a call of the library. */
import { Command, CommanderError } from "@commander-js/extra-typings";
import { EXIT, type ExitCode } from "../core/errors.ts";
import { plainText } from "../core/text.ts";
import { applyCommand, configureCommand } from "./commands/apply.ts";
import { buildCommand } from "./commands/build.ts";
import { completionsCommand } from "./commands/completions.ts";
import { contextCommand } from "./commands/context.ts";
import { deployCommand } from "./commands/deploy.ts";
import { destroyCommand } from "./commands/destroy.ts";
import { doctorCommand } from "./commands/doctor.ts";
import { initCommand } from "./commands/init.ts";
import { kubeconfigCommand } from "./commands/kubeconfig.ts";
import { logsCommand } from "./commands/logs.ts";
import { planCommand } from "./commands/plan.ts";
import { schemaCommand } from "./commands/schema.ts";
import { statusCommand } from "./commands/status.ts";
import { synthCommand } from "./commands/synth.ts";
import { typesCommand } from "./commands/types.ts";
import { helpPage, helpText } from "./help.ts";
import { type Register, Runner } from "./runner.ts";
import { usageError } from "./usage.ts";
import { versionText } from "./version.ts";
import type { World } from "./world.ts";
import { writeTo } from "./write.ts";

export { EXIT };
export { processWorld } from "./world.ts";

const COMMANDS: readonly Register[] = [
  initCommand,
  planCommand,
  applyCommand,
  buildCommand,
  configureCommand,
  deployCommand,
  destroyCommand,
  doctorCommand,
  statusCommand,
  logsCommand,
  kubeconfigCommand,
  contextCommand,
  synthCommand,
  schemaCommand,
  typesCommand,
  completionsCommand,
];

/** The program's commands, as declared. */
export function commandLine(world: World) {
  const writeOut = (text: string) => writeTo(world.stdout, text);
  const writeErr = (text: string) => writeTo(world.stderr, plainText(text));
  const program = new Command("unitune")
    .description("Turns one typed file into an ML fine-tuning platform on AWS, and builds the images that run on it")
    .version(versionText(), "-V, --version", "print the version, the commit, and the versions of Deno and CDK")
    .helpOption("-h, --help", "print this help; `unitune <command> --help` prints that of a command")
    .exitOverride()
    .configureHelp({ formatHelp: (command) => helpText(helpPage(command)) })
    .configureOutput({
      writeOut,
      writeErr,
      outputError: () => {},
    });
  const runner = new Runner(program, world);
  for (const register of COMMANDS) register(runner);
  return { program, runner };
}

export async function runCli(args: readonly string[], world: World): Promise<ExitCode> {
  const { program, runner } = commandLine(world);
  try {
    if (args[0] === "complete") {
      const { complete } = await import("./completion.ts");
      await complete(program, args.slice(args.indexOf("--") + 1), world);
      return EXIT.done;
    }
    await program.parseAsync([...args], { from: "user" });
    return runner.code;
  } catch (error) {
    if (!(error instanceof CommanderError)) return runner.failed(error, args);
    if (error.exitCode === 0) return EXIT.done;
    // Without a command there is help, and nothing to explain.
    return error.code === "commander.help" ? EXIT.usage : runner.failed(usageError(error, program, args), args);
  }
}
