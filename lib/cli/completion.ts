/** What a shell offers after a Tab: commands, flags and their values, from the same declarations as the help. */
import { type Command as Tab, RootCommand, ShellCompDirective } from "@bomb.sh/tab";
import type { CommandUnknownOpts, Option } from "@commander-js/extra-typings";
import { awsProfiles, PHASES } from "../mod.ts";
import type { World } from "./world.ts";
import { writeTo } from "./write.ts";

/** Values that only the machine or the config knows, by flag or argument. */
interface Values {
  readonly images: readonly string[];
  readonly profiles: readonly string[];
}

/** Hidden commands are not offered. */
type AnyCommand = CommandUnknownOpts & { readonly _hidden?: boolean };

/** Arguments of commands that are names of images. */
const IMAGES = /^(images|image|image-or-dir)$/;
/** Values of flags that the declarations do not list. */
const FLAGS: Readonly<Record<string, (values: Values) => readonly string[]>> = {
  profile: ({ profiles }) => profiles,
  only: () => PHASES,
};

/** Answers the words that were typed so far; the last one is being typed. Mistakes in the config offer nothing. */
export async function complete(program: CommandUnknownOpts, typed: readonly string[], world: World): Promise<void> {
  const root = new RootCommand(), values = await valuesFor(program, typed, world);
  for (const command of program.commands as readonly AnyCommand[]) if (!command._hidden) declare(root, command, values);
  // The package prints to the console, and never lets the shell complete paths.
  Object.defineProperty(root, "complete", {
    value: (word: string) => {
      const start = word.includes("=") ? word.slice(word.indexOf("=") + 1) : word;
      const found = new Map(
        root.completions.filter(({ value }) => value.startsWith(start)).map((one) => [one.value, one]),
      );
      const directive = found.size > 0
        ? ShellCompDirective.ShellCompDirectiveNoFileComp
        : ShellCompDirective.ShellCompDirectiveDefault;
      const lines = [...found.values()].map(({ value, description = "" }) => `${value}\t${description}`);
      writeTo(world.stdout, [...lines, `:${directive}`, ""].join("\n"));
    },
  });
  root.parse([...typed]);
}

function declare(root: RootCommand, command: CommandUnknownOpts, values: Values): void {
  const tab = root.command(command.name(), command.summary() || command.description());
  for (const option of command.options) declareFlag(tab, option, values);
  for (const argument of command.registeredArguments) {
    const offered = argument.argChoices ?? (IMAGES.test(argument.name()) ? values.images : []);
    tab.argument(argument.name(), (offer) => offered.forEach((value) => offer(value, "")), argument.variadic);
  }
}

function declareFlag(
  tab: Tab,
  { long, short, description, argChoices, required, optional, hidden }: Option,
  values: Values,
) {
  if (!long || hidden) return;
  const name = long.slice(2), alias = short?.slice(1);
  if (!required && !optional) return void tab.option(name, description, alias);
  const offered = argChoices ?? FLAGS[name]?.(values) ?? [];
  tab.option(name, description, (offer) => offered.forEach((value) => offer(value, "")), alias);
}

/** Reads the config and the profiles only if the words ask for them. */
async function valuesFor({ commands }: CommandUnknownOpts, typed: readonly string[], world: World): Promise<Values> {
  const command = commands.find((one) => one.name() === typed[0]);
  const takesImages = command?.registeredArguments.some((argument) => IMAGES.test(argument.name())) ?? false;
  const before = typed.at(-2) ?? "", flag = (name: string) => before === name || typed.at(-1)?.startsWith(`${name}=`);
  return {
    profiles: flag("--profile") ? await awsProfiles() : [],
    images: takesImages && !before.startsWith("-") ? await imagesOf(typed, world) : [],
  };
}

async function imagesOf(typed: readonly string[], { open, signal }: World): Promise<readonly string[]> {
  const value = (...names: string[]) => typed.find((_, at) => names.includes(typed[at - 1] ?? ""));
  try {
    const project = await open({ file: value("-c", "--config"), stage: value("--stage"), signal });
    try {
      return project.config.images.map(({ name }) => name);
    } finally {
      await project.close();
    }
  } catch {
    return [];
  }
}

/** The script that a shell reads. It runs `unitune complete -- WORDS` at each Tab. */
export function completionScript(shell: string): string {
  const printed: string[] = [], { log } = console;
  console.log = (text: string) => void printed.push(text);
  try {
    new RootCommand().setup("unitune", "unitune", shell);
  } finally {
    console.log = log;
  }
  return printed.join("\n").trimEnd();
}
