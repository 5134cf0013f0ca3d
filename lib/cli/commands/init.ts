import { basename, resolve } from "node:path";
import {
  EXIT,
  initProject,
  type InitReport,
  type StarterAnswers,
  type StarterGuide,
  starterGuide,
  UnituneError,
} from "../../mod.ts";
import { DOCUMENT_VERSION as version } from "../documents/kinds.ts";
import { Cancelled, type Question, Questions } from "../questions.ts";
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
/** The answer for a project without GPUs. */
const NONE = "none";

export function initCommand(runner: Runner): void {
  runner.command("init", "write a config, an example image and editor types after a few questions")
    .argument("[dir]", "the folder to write to; it is created if it is missing", ".")
    .option("--name <name>", "name of the project (default: the folder's name)")
    .option(
      "--public-from <range...>",
      "public IPv4 ranges that may reach the API server (default: none, it is private)",
    )
    .option("--gpu <name...>", "GPUs, each for a pool of its own, such as l4 or h100; `none`: no pool (default: l4)")
    .option("--vpc-id <id>", "an existing VPC (default: unitune creates one)")
    .option("--subnet <id...>", "at least two private subnets of that VPC; the control plane uses the first two")
    .option("--yes", "skip questions; use the defaults")
    .action((dir, options) =>
      runner.run(options, async (terminal) => {
        const folder = await folderOf(dir);
        try {
          const report = await initProject(folder, await answersOf(options, folder, terminal, runner));
          terminal.result(reportText(report), { version, ...report });
          const there = resolve(".") === folder ? "" : `cd ${dir} && `;
          terminal.say(`Next: ${there}unitune plan --offline`);
          return EXIT.done;
        } catch (error) {
          if (!(error instanceof Cancelled)) throw error;
          terminal.say("\nCancelled: nothing was written.");
          return EXIT.declined;
        }
      })
    );
}

/** The real path of the folder, or where it will be. */
async function folderOf(dir: string): Promise<string> {
  const info = await Deno.stat(dir).catch(() => null);
  if (info === null) return resolve(dir);
  if (info.isDirectory) return await Deno.realPath(dir);
  throw new UnituneError("USAGE", `Cannot write to ${dir}: it is not a folder`, {
    path: dir,
    hint: "Name a folder, or none for the current one",
  });
}

function reportText({ written, kept, missing }: InitReport): string {
  return [
    ...written.map((path) => `wrote  ${path}`),
    ...kept.map((path) => `kept   ${path} (already existed)`),
    ...missing.map(({ file, within, line }) => `add    to ${within} of ${file}: ${line}`),
  ].join("\n");
}

const list = (text: string): string[] => text.split(/[\s,]+/).filter(Boolean);

async function answersOf(flags: Flags, folder: string, terminal: Terminal, runner: Runner): Promise<StarterAnswers> {
  const guide = await starterGuide(), questions = new Questions(terminal, flags.yes ?? false);
  const own = basename(folder).toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^[^a-z]+|-+$/g, "");
  const answers: { -readonly [Name in keyof StarterAnswers]: StarterAnswers[Name] } = {
    name: flags.name ?? "acme",
    region: flags.region ?? "us-west-2",
    publicFrom: flags.publicFrom?.flatMap(list) ?? [],
    gpus: flags.gpu?.flatMap(list).filter((gpu) => gpu !== NONE) ?? [],
    vpc: null,
  };
  const asks = asker(guide, questions, answers);
  if (!flags.name) await asks("name", nameQuestion(own));
  if (!flags.region) await asks("region", regionQuestion(guide, runner.env("AWS_REGION")));
  if (!flags.publicFrom) await asks("publicFrom", endpointQuestion(flags.yes ? null : await runner.address()));
  if (!flags.gpu) await asks("gpus", gpuQuestion(guide));
  // If flags answer everything else, the VPC is not asked for.
  const answered = [flags.name, flags.region, flags.publicFrom, flags.gpu].every((flag) => flag !== undefined);
  if (flags.vpcId) answers.vpc = { id: flags.vpcId, privateSubnets: flags.subnet?.flatMap(list) ?? [] };
  else if (!answered && flags.vpcId === undefined) await asks("vpc", vpcQuestion());
  if (answers.vpc === null && flags.subnet) {
    throw new UnituneError("USAGE", "Cannot write a config as --subnet needs a VPC", {
      path: "--subnet",
      hint: "Add --vpc-id",
    });
  }
  if (answers.vpc && !flags.subnet) await asks("vpc", subnetQuestion(answers.vpc.id));
  return answers;
}

type Asked<Name extends keyof StarterAnswers> = Omit<Question<StarterAnswers[Name]>, "wrong">;

/** Asks until the answer, with those before it, breaks no rule of the config that its flag stands for. */
function asker(
  { refusals }: StarterGuide,
  questions: Questions,
  answers: { -readonly [Name in keyof StarterAnswers]: StarterAnswers[Name] },
) {
  return async <Name extends keyof StarterAnswers>(name: Name, question: Asked<Name>): Promise<void> => {
    const wrong = (answer: StarterAnswers[Name]) =>
      refusals({ ...answers, [name]: answer }).find(({ flag }) => flag === question.flag) ?? null;
    answers[name] = await questions.ask({ ...question, wrong });
  };
}

function nameQuestion(own: string): Asked<"name"> {
  return { flag: "--name", text: "Name of the project?", otherwise: own || "unitune", read: (typed) => typed };
}

function regionQuestion({ regions }: StarterGuide, region: string | undefined): Asked<"region"> {
  const text = "AWS region? (`?` lists them)";
  return { flag: "--region", text, otherwise: region || "us-west-2", choices: regions, read: (typed) => typed };
}

function endpointQuestion(address: string | null): Asked<"publicFrom"> {
  const text = "Public ranges that may reach the API server? `private`: only the VPC and networks connected to it" +
    " (VPN, peering), so unitune has to run there";
  const read = (typed: string) => typed === PRIVATE ? [] : list(typed);
  return { flag: "--public-from", text, otherwise: address ? `${address}/32` : PRIVATE, read };
}

function gpuQuestion({ gpus, prices }: StarterGuide): Asked<"gpus"> {
  const text = `${prices}. GPUs, by name or number, comma-separated; \`none\`: no GPU?`;
  const read = (typed: string) => typed === NONE ? [] : list(typed);
  return { flag: "--gpu", text, otherwise: "l4", choices: gpus, read };
}

function vpcQuestion(): Asked<"vpc"> {
  const read = (typed: string) => typed === "" ? null : { id: typed, privateSubnets: [] };
  return { flag: "--vpc-id", text: "Id of an existing VPC (none: unitune creates one)?", otherwise: "", read };
}

function subnetQuestion(id: string): Asked<"vpc"> {
  const read = (typed: string) => ({ id, privateSubnets: list(typed) });
  return { flag: "--subnet", text: "Ids of its private subnets?", otherwise: "", read };
}
