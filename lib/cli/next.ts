/** The commands to go on with after an apply. */
import type { Plan } from "../mod.ts";
import type { Common } from "./terminal.ts";

type Flags = Pick<Common, "config" | "stage" | "region" | "profile" | "env" | "allowRead">;

/** Three commands, aligned, each with what it is for. */
export function nextCommands(flags: Flags, plan: Plan, ref: string | undefined): string {
  const same = flagsOf(flags), built = plan.changes.some(({ kind }) => kind === "build");
  const commands = [
    [`unitune kubeconfig${same}`, "lets kubectl into the cluster"],
    ["kubectl get nodepools", "the pools, and how much of each is in use"],
    built
      ? ["kubectl apply -f train.yaml", `your Job${ref ? `, with image: ${ref}` : ""}`]
      : [`unitune build${same}`, "builds the images"],
  ] as const;
  const width = Math.max(...commands.map(([command]) => command.length));
  return ["Next:", ...commands.map(([command, what]) => `  ${command.padEnd(width)}  # ${what}`)].join("\n");
}

/** The flags that lead to the same project, as a shell takes them. */
function flagsOf({ config, stage, region, profile, env = [], allowRead = [] }: Flags): string {
  const single = [["--config", config], ["--stage", stage], ["--region", region], ["--profile", profile]] as const;
  const several = [["--env", env], ["--allow-read", allowRead]] as const;
  const words = [
    ...single.flatMap(([flag, value]) => value === undefined ? [] : [flag, value]),
    ...several.flatMap(([flag, values]) => values.flatMap((value) => [flag, value])),
  ];
  return words.map((word) => ` ${quoted(word)}`).join("");
}

function quoted(word: string): string {
  return /^[\w./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
