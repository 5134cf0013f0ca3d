/** What is wrong with a command line, as an error like any other: code, message, flag, next step. */
import type { CommanderError, CommandUnknownOpts } from "@commander-js/extra-typings";
import { nearest } from "../core/spelling.ts";
import { UnituneError } from "../mod.ts";

export function usageError(
  { code, message }: CommanderError,
  program: CommandUnknownOpts,
  args: readonly string[],
): UnituneError {
  const [told = message] = message.replace(/^error: /, "").split("\n");
  const command = program.commands.find((one) => one.name() === args[0]), name = command?.name();
  // Commander names flags with their values: `-o, --out <dir>`.
  const flag = /'(?:-\w, )?(--?[\w-]+)/.exec(told)?.[1], argument = /argument '([\w-]+)'/.exec(told)?.[1];
  const help = name ? `unitune ${name} --help` : "unitune --help";
  const unknown = code === "commander.unknownCommand" ? args[0] : code === "commander.unknownOption" ? flag : undefined;
  const known = unknown?.startsWith("-")
    ? (command ?? program).options.map(({ long }) => long ?? "")
    : program.commands.map((one) => one.name());
  const meant = unknown && nearest(unknown, known);
  return new UnituneError("USAGE", `Cannot run unitune${name ? ` ${name}` : ""}: ${told.replace(/\.$/, "")}`, {
    path: flag ?? argument ?? unknown,
    hint: `${meant ? `Did you mean ${meant}? ` : ""}\`${help}\` lists what there is`,
  });
}
