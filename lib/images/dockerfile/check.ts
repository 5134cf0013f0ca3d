/**
 * Looks for mistakes in a Dockerfile before anything leaves the machine. What BuildKit is certain to refuse is an error,
 * and so is a declared image without its `needs`; what is only probably a mistake is a warning.
 */
import { archOf, type Platform } from "../../core/names.ts";
import { checkArguments } from "./check_arguments.ts";
import { checkCopies } from "./check_copies.ts";
import { checkMounts } from "./check_mounts.ts";
import { checkReferences } from "./check_references.ts";
import type { Checked, DockerfileInput } from "./checked.ts";
import { attempt } from "./errors.ts";
import { type DockerfileFinding, Findings } from "./findings.ts";
import { UnknownFlag } from "./flags.ts";
import { type Instruction, instructionOf } from "./instructions.ts";
import { type Parsed, parseDockerfile } from "./parser.ts";
import { reachable, type Stage, stageNamed, type StageOptions, stagesOf } from "./stages.ts";
import { checkSyntax, type Frontend, frontendOf, syntaxOf } from "./syntax.ts";
import { familiarName } from "../../core/image_names.ts";
import { nearest } from "../../core/spelling.ts";
import { INSTRUCTIONS } from "./arguments.ts";

export function checkDockerfile(input: DockerfileInput): DockerfileFinding[] {
  const findings = new Findings(input.source),
    parsed = parseDockerfile(input.source),
    { args, needs, contexts } = input.image;
  const syntax = syntaxOf(parsed, args), frontend = frontendOf(syntax);
  // Another frontend may have any instructions.
  if (frontend === "foreign") return [];
  checkSyntax(syntax, Object.keys({ ...needs, ...contexts }), findings);
  const instructions = readInstructions(parsed, frontend, findings);
  // After a line that is not understood, other conclusions would be guesses.
  if (instructions === null) return findings.all;
  for (const platform of input.image.platforms) checkPlatform(input, parsed.escape, instructions, platform, findings);
  return findings.all;
}

function readInstructions(parsed: Parsed, frontend: Frontend, findings: Findings): Instruction[] | null {
  let understood = true;
  for (const { message, line } of parsed.problems) {
    findings.error({ line, endLine: line }, "", { message });
    understood = false;
  }
  const instructions: Instruction[] = [];
  for (const statement of parsed.statements) {
    let newer = false;
    const read = attempt(() => {
      try {
        return instructionOf(statement);
      } catch (error) {
        newer = frontend === "official" && error instanceof UnknownFlag;
        throw error;
      }
    });
    if ("value" in read) {
      instructions.push(read.value);
      continue;
    }
    const { message } = read, flag = /--[\w-]+/.exec(message)?.[0] ?? "";
    if (newer) {
      findings.warning(statement, flag, { message, hint: "if the syntax that the file names has it, all is well" });
    } else findings.error(statement, flag, { message, hint: misspelt(statement.name) });
    understood = false;
  }
  return understood ? instructions : null;
}

function misspelt(name: string): string | undefined {
  const meant = INSTRUCTIONS.includes(name.toUpperCase()) ? undefined : nearest(name.toUpperCase(), INSTRUCTIONS);
  return meant && `did you mean ${meant}?`;
}

function checkPlatform(
  input: DockerfileInput,
  escape: string,
  instructions: readonly Instruction[],
  platform: Platform,
  findings: Findings,
): void {
  const { args, needs, contexts, target } = input.image;
  const named = new Set(Object.keys({ ...needs, ...contexts }).map(familiarName));
  const options: StageOptions = {
    escape,
    args,
    predefined: { ...predefinedArgs(platform, target), ...pick(args, Object.keys(predefinedArgs(platform, target))) },
    provides: (name) => named.has(familiarName(name)),
  };
  const all = stagesOf(instructions, options);
  for (const { message, line } of all.problems) findings.error({ line, endLine: line }, "", { message });
  if (all.problems.length > 0) return;
  const wanted = target === null ? all.stages.at(-1)! : stageNamed(all.stages, target);
  checkArguments({ input, all, findings });
  if (!wanted) {
    findings.error({ line: 1, endLine: 1 }, "", unknownTarget(target!, all.stages));
    return;
  }
  const reached = reachable(all.stages, wanted), run = [...reached].filter(({ replaced }) => !replaced);
  const checked: Checked = { input, all, options, run, reached, findings };
  checkReferences(checked);
  checkMounts(checked);
  checkCopies(checked);
}

function unknownTarget(target: string, stages: readonly Stage[]): { message: string; hint: string } {
  const names = stages.map(({ name }) => name).filter((name) => name !== ""), meant = nearest(target, names);
  return {
    message: `the target must be a build stage: found "${target}"`,
    hint: meant
      ? `did you mean "${meant}"?`
      : names.length > 0
      ? `the stages are ${names.join(", ")}`
      : "no stage has a name",
  };
}

/** The arguments that BuildKit sets itself. A build runs on a node of its own platform. */
function predefinedArgs(platform: Platform, target: string | null): Record<string, string> {
  const arch = archOf(platform), values: Record<string, string> = { TARGETSTAGE: target ?? "default" };
  for (const prefix of ["BUILD", "TARGET"]) {
    Object.assign(values, {
      [`${prefix}PLATFORM`]: platform,
      [`${prefix}OS`]: "linux",
      [`${prefix}OSVERSION`]: "",
      [`${prefix}ARCH`]: arch,
      [`${prefix}VARIANT`]: "",
    });
  }
  return values;
}

function pick(args: Readonly<Record<string, string>>, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(Object.entries(args).filter(([name]) => names.includes(name)));
}
