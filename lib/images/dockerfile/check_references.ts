/** What FROM, `COPY --from` and mounts name: stages, needs, named contexts, declared images, and images of a registry. */
import { nearest } from "../../core/spelling.ts";
import type { Checked } from "./checked.ts";
import { attempt } from "./errors.ts";
import type { Instruction } from "./instructions.ts";
import { familiarName, imageName } from "../../core/image_names.ts";
import { partitionOf } from "../../core/names.ts";
import { ecrRegistry, parseReference } from "../../core/registries.ts";
import { lex } from "./shell_words.ts";
import { sourcesOf, type Stage, stageNamed } from "./stages.ts";

export function checkReferences(checked: Checked): void {
  const used = new Set<string>();
  for (const stage of checked.all.stages) checkBase(checked, stage, used);
  for (const stage of checked.run) {
    for (const { source, instruction } of sourcesOf(stage)) checkSource(checked, stage, source, instruction, used);
  }
  for (const stage of checked.reached) {
    if (stage.replaced) checkReplaced(checked, stage, used);
  }
  checkUnused(checked, used);
  checkImages(checked);
}

/** BuildKit parses the bases of all stages, and pulls those that it needs. */
function checkBase(checked: Checked, stage: Stage, used: Set<string>): void {
  const { findings, input: { image }, options, run, all } = checked,
    { base, from: { statement, base: written } } = stage;
  if (stage.replaced || stage.parent || base === "scratch") return;
  const name = imageName(base);
  if (!name) {
    findings.error(statement, written, {
      message: `FROM must name an image or an earlier stage: found "${base}"`,
      hint: "the name of an image is in lower case: registry.example.com/team/image:tag",
    });
    return;
  }
  if (options.provides(base)) {
    if (run.includes(stage)) used.add(name.familiar);
    return;
  }
  if (!run.includes(stage) || isUndeclaredNeed(checked, base, statement, written)) return;
  checkEcr(checked, base, statement, written);
  if (name.tag !== null || name.digest !== null) return;
  const later = all.stages.find((other) => other.index >= stage.index && other.name === base);
  findings.warning(
    statement,
    written,
    later
      ? { message: `"${base}" is a stage that is declared later: an image of this name is pulled`, hint: "move it up" }
      : {
        message: `a base image must have a digest or a tag: found "${base}", whose latest image changes`,
        hint: meantStage(base, stage, checked) ?? `pin it, or add the image to the needs of ${image.name}`,
      },
  );
}

/** Is it a declared image that the needs lack? Its name alone would be an image of Docker Hub. */
function isUndeclaredNeed(checked: Checked, written: string, at: Instruction["statement"], word: string): boolean {
  const { input: { image, declared }, findings } = checked, plain = /^([a-z0-9][a-z0-9-]*)(?::latest)?$/.exec(written);
  if (!plain || !declared.includes(plain[1]!) || plain[1] === image.name) return false;
  findings.error(at, word, {
    message: `an image of the config must be in the needs of ${image.name}: found "${written}"`,
    hint: `add needs: { ${/^[a-z]\w*$/.test(plain[1]!) ? plain[1] : JSON.stringify(plain[1])} }` +
      `; if you mean Docker Hub's image, write docker.io/library/${written}`,
  });
  return true;
}

/** A build logs in to ECR for its own repository, its needs, and what `builder.pull` and mirrors name. */
function checkEcr(
  { input: { pulls }, findings }: Checked,
  reference: string,
  at: Pick<Instruction["statement"], "line" | "endLine">,
  word: string,
): void {
  const { host, repository } = parseReference(reference), ecr = ecrRegistry(host), path = `${host}/${repository}`;
  if (!ecr || pulls.some((one) => one.endsWith("/*") ? path.startsWith(one.slice(0, -1)) : one === path)) return;
  const arn = `arn:${partitionOf(ecr.region)}:ecr:${ecr.region}:${ecr.account}:repository/${repository}`;
  findings.warning(at, word, {
    message: `builds may pull only the ECR repositories that the config names: found "${path}"`,
    hint: `add builder: { pull: ["${arn}"] }; if it is an image of this config, name it in needs`,
  });
}

function meantStage(name: string, stage: Stage, { all }: Checked): string | undefined {
  const meant = nearest(name, all.stages.slice(0, stage.index).map((one) => one.name).filter((one) => one !== ""));
  return meant && `did you mean the stage "${meant}"?`;
}

function checkSource(
  checked: Checked,
  stage: Stage,
  source: string,
  instruction: Instruction,
  used: Set<string>,
): void {
  const { all: { stages }, options, findings } = checked, { statement } = instruction;
  const isCopy = instruction.kind === "copy";
  const expanded = attempt(() => lex(source, () => undefined, options).text);
  if (isCopy && (!("value" in expanded) || expanded.value !== source)) {
    findings.error(statement, source, {
      message: `--from must not have variables: found "${source}"`,
      hint: "declare a stage with FROM and the variable, and copy from that",
    });
    return;
  }
  const other = isCopy && /^\d+$/.test(source) ? stages[Number(source)] : stageNamed(stages, source);
  if (other) {
    if (other.index < stage.index || other.replaced) return;
    findings.error(statement, source, {
      message: `${isCopy ? "COPY --from" : "a mount"} must name an earlier stage: found "${source}"`,
      hint: `move that stage before line ${stage.from.statement.line}`,
    });
    return;
  }
  if (isCopy && /^\d+$/.test(source)) {
    findings.error(statement, source, { message: `--from must name a stage: found ${source} of ${stages.length}` });
    return;
  }
  checkImage(checked, stage, source, statement, used);
}

function checkImage(
  checked: Checked,
  stage: Stage,
  source: string,
  at: Instruction["statement"],
  used: Set<string>,
): void {
  const { options, findings } = checked, name = imageName(source);
  if (source === "scratch") return;
  if (!name) {
    findings.error(at, source, { message: `from must name a stage or an image: found "${source}"` });
    return;
  }
  if (options.provides(source)) {
    used.add(name.familiar);
    return;
  }
  if (isUndeclaredNeed(checked, source, at, source)) return;
  checkEcr(checked, source, at, source);
  if (name.tag !== null || name.digest !== null) return;
  findings.warning(at, source, {
    message: `an image must have a digest or a tag: found "${source}", which is not a stage and is pulled`,
    hint: meantStage(source, stage, checked),
  });
}

function checkReplaced({ input: { image }, findings }: Checked, stage: Stage, used: Set<string>): void {
  used.add(familiarName(stage.name));
  const { kind, source } = namesOf(image).find((one) => familiarName(one.alias) === familiarName(stage.name))!;
  findings.warning(stage.from.statement, stage.name, {
    message: `stage "${stage.name}" has the name of a ${kind}: ${source} takes its place, and nothing of it runs`,
    hint: `rename the stage or the ${kind}, unless this is what you want`,
  });
}

function checkUnused({ input: { image }, findings }: Checked, used: ReadonlySet<string>): void {
  for (const { alias, kind, source } of namesOf(image)) {
    if (used.has(familiarName(alias))) continue;
    findings.warning({ line: 1, endLine: 1 }, "", {
      message: `each ${kind} must be used: no FROM, COPY --from or mount names "${alias}"`,
      hint: `write ${
        kind === "need" ? "FROM " : "COPY --from="
      }${alias}, or remove it: a change of ${source} rebuilds ${image.name}`,
    });
  }
}

/** The images of named contexts: that builds may pull them, and that they have a tag or a digest. */
function checkImages(checked: Checked): void {
  const { input: { image }, findings } = checked, at = { line: 1, endLine: 1 };
  for (const [alias, source] of Object.entries(image.contexts)) {
    const name = "image" in source ? imageName(source.image) : null;
    if (!name) continue;
    checkEcr(checked, name.repository, at, "");
    if (name.tag !== null || name.digest !== null) continue;
    findings.warning(at, "", {
      message: `an image must have a digest or a tag: found "${name.familiar}" in contexts, whose latest image changes`,
      hint: `pin it in the contexts of ${image.name}: ${alias}`,
    });
  }
}

interface Named {
  readonly alias: string;
  readonly kind: "need" | "context";
  /** What it stands for, in words. */
  readonly source: string;
}

function namesOf({ needs, contexts }: Checked["input"]["image"]): Named[] {
  return [
    ...Object.entries(needs).map(([alias, source]) => ({ alias, kind: "need", source }) as const),
    ...Object.entries(contexts).map(([alias, source]) => {
      return { alias, kind: "context", source: "image" in source ? source.image : "its folder" } as const;
    }),
  ];
}
