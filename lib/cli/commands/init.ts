import { EXIT, GPU_MEMORY, GPU_NAMES, initProject, type StarterAnswers, UnituneError } from "../../mod.ts";
import { DOCUMENT_VERSION as version } from "../documents/kinds.ts";
import type { Runner } from "../runner.ts";
import type { Terminal } from "../terminal.ts";

interface Flags {
  readonly name?: string | undefined;
  readonly region?: string | undefined;
  readonly publicFrom?: readonly string[] | undefined;
  readonly gpu?: readonly string[] | undefined;
  readonly vpcId?: string | undefined;
  readonly subnet?: readonly string[] | undefined;
  readonly yes?: boolean | undefined;
}

/** The answer for an API server without public ranges. */
const PRIVATE = "private";

export function initCommand(runner: Runner): void {
  runner.command("init", "write a config, an example image and editor types after a few questions")
    .argument("[dir]", "the folder to write to", ".")
    .option("--name <name>", "name of the project (default: the folder's name)")
    .option(
      "--public-from <range...>",
      "public IPv4 ranges that may reach the API server (default: none, it is private)",
    )
    .option("--gpu <name...>", `GPUs, each for a pool of its own: ${gpus()} (default: l4)`)
    .option("--vpc-id <id>", "an existing VPC (default: unitune creates one)")
    .option("--subnet <id...>", "at least two private subnets of that VPC; the control plane uses the first two")
    .option("--yes", "skip questions; use the defaults")
    .action((dir, options) =>
      runner.run(options, async (terminal) => {
        const folder = await Deno.realPath(dir).catch(() => {
          throw new UnituneError("USAGE", `Cannot write to ${dir}: it is not a folder`, { path: dir });
        });
        const report = await initProject(folder, await answersOf(options, folder, terminal, runner));
        const lines = [
          ...report.written.map((path) => `wrote  ${path}`),
          ...report.kept.map((path) => `kept   ${path} (already existed)`),
        ];
        terminal.result(lines.join("\n"), { version, ...report });
        terminal.say("Next: unitune plan --offline");
        return EXIT.done;
      })
    );
}

/** `l4 (22 GiB)`: users choose a GPU by its memory. */
function gpus(): string {
  const gib = (mib: number) => Math.round(mib / 1024);
  return GPU_NAMES.map((name) => `${name} (${GPU_MEMORY[name].map(gib).join(" or ")} GiB)`).join(", ");
}

async function answersOf(flags: Flags, folder: string, terminal: Terminal, runner: Runner): Promise<StarterAnswers> {
  const own = folder.split("/").at(-1)!.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^[^a-z]+|-+$/g, "");
  const ask = async (flag: string, question: string, otherwise: string): Promise<string> => {
    if (flags.yes) return otherwise;
    const answer = await terminal.host.ask?.(`${question}${otherwise === "" ? "" : ` [${otherwise}]`}`) ?? null;
    terminal.signal.throwIfAborted();
    if (answer !== null) return answer || otherwise;
    throw new UnituneError("NO_TERMINAL", `Cannot ask "${question}" as there is no terminal`, {
      hint: `Add ${flag}, or --yes to use every default`,
    });
  };
  const list = (text: string): string[] => text.split(/[\s,]+/).filter(Boolean);
  const publicFrom = async (): Promise<string[]> => {
    const address = flags.yes ? null : await runner.address();
    const question =
      "Public ranges that may reach the API server? `private`: only the VPC and networks connected to it" +
      " (VPN, peering), so unitune has to run there";
    const answer = await ask("--public-from", question, address ? `${address}/32` : PRIVATE);
    return answer === PRIVATE ? [] : list(answer);
  };
  // If flags answer everything else, the VPC is not asked for.
  const answered = [flags.name, flags.region, flags.publicFrom, flags.gpu].every((flag) => flag !== undefined);
  const vpc = async (): Promise<StarterAnswers["vpc"]> => {
    const question = "Id of an existing VPC (none: unitune creates one)?";
    const id = flags.vpcId ?? (answered ? "" : await ask("--vpc-id", question, ""));
    if (id === "" && flags.subnet) {
      throw new UnituneError("USAGE", "Cannot write a config as --subnet needs a VPC", {
        path: "--subnet",
        hint: "Add --vpc-id",
      });
    }
    if (id === "") return null;
    const privateSubnets = flags.subnet ?? list(await ask("--subnet", "Ids of its private subnets?", ""));
    return { id, privateSubnets };
  };
  return {
    name: flags.name ?? await ask("--name", "Name of the project?", own || "unitune"),
    region: flags.region ?? await ask("--region", "AWS region?", "us-west-2"),
    publicFrom: flags.publicFrom ?? await publicFrom(),
    gpus: flags.gpu ?? list(await ask("--gpu", `GPUs: ${gpus()}?`, "l4")),
    vpc: await vpc(),
  };
}
