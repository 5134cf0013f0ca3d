import { Argument } from "@commander-js/extra-typings";
import { EXIT } from "../../mod.ts";
import { DOCUMENT_VERSION as version } from "../documents/kinds.ts";
import type { Runner } from "../runner.ts";

const SHELLS = ["bash", "zsh", "fish", "powershell"] as const;

export function completionsCommand(runner: Runner): void {
  runner.command("completions", "print a script that completes commands, flags and names in a shell")
    .addArgument(new Argument("<shell>", "the shell that will read the script").choices(SHELLS))
    .addHelpText(
      "after",
      [
        "",
        "Examples:",
        "  source <(unitune completions bash)                                     in ~/.bashrc",
        "  source <(unitune completions zsh)                                      in ~/.zshrc, after compinit",
        "  unitune completions fish > ~/.config/fish/completions/unitune.fish",
      ].join("\n"),
    )
    .action((shell, options) =>
      runner.run(options, async (terminal) => {
        const { completionScript } = await import("../completion.ts"), script = completionScript(shell);
        terminal.exact(script, { version, shell, script });
        return EXIT.done;
      })
    );
}
