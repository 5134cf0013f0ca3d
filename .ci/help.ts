/** The help of every command by the arguments that ask for it, which the compiled program prints at once. */
import { commandLine, processWorld } from "../lib/cli/main.ts";

export function helpTexts(): Readonly<Record<string, string>> {
  const { program } = commandLine(processWorld({ signal: new AbortController().signal, listen: () => {} }));
  const texts = {
    "--help": program.helpInformation(),
    "-h": program.helpInformation(),
    help: program.helpInformation(),
  };
  for (const command of program.commands) {
    const name = command.name(), text = command.helpInformation();
    Object.assign(texts, { [`${name} --help`]: text, [`${name} -h`]: text, [`help ${name}`]: text });
  }
  return texts;
}
