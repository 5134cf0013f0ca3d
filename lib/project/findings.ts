/** What the Dockerfile and the build context of an image show, as findings with places in files. */
import { relative } from "node:path";
import type { ReadContext } from "../adapters/context/mod.ts";
import { coded, type Finding } from "../core/findings.ts";
import { checkDockerfile } from "../images/dockerfile/check.ts";
import { isIgnored } from "../images/ignore.ts";
import type { Config, Image } from "../plan/types.ts";

export function dockerfileFindings(image: Image, { images, builder }: Config, read: ReadContext): Finding[] {
  const { entries, ignore, folders, dockerfile, root } = read;
  const found = checkDockerfile({
    image,
    declared: images.map(({ name }) => name),
    pulls: [...builder.pulls, ...builder.reads],
    source: new TextDecoder().decode(dockerfile.content),
    context: viewOf(entries, ignore),
    folders: Object.fromEntries(
      Object.entries(folders).map(([alias, folder]) => [alias, viewOf(folder.files.entries, folder.ignore)]),
    ),
  });
  const file = dockerfile.inline
    ? `images.${image.name}.dockerfile`
    : relative(Deno.cwd(), `${root}/${dockerfile.path}`);
  return found.map(({ severity, line, column, message, hint }) => {
    return { code: "DOCKERFILE", severity, path: `images.${image.name}`, message, hint, place: { file, line, column } };
  });
}

/** What COPY sees. */
function viewOf(entries: ReadContext["entries"], { rules, file }: ReadContext["ignore"]) {
  return {
    entries: new Map(entries.filter(({ ignored }) => !ignored).map((entry) => [entry.path, entry])),
    ignores: (path: string) => isIgnored(rules, path),
    ignoreFile: file,
  };
}

/** Of the build context, and of each folder that the Dockerfile names. */
export function contextFindings({ name }: Image, { warnings, files, folders }: ReadContext): Finding[] {
  return [
    ...folderFindings(`images.${name}.context`, warnings, files),
    ...Object.entries(folders).flatMap(([alias, folder]) => {
      return folderFindings(`images.${name}.contexts.${alias}`, folder.warnings, folder.files);
    }),
  ];
}

/** A build that gets less than the default may run out of memory or disk. */
export function resourceFindings({ name, resources, lowered, pool }: Image): Finding[] {
  if (lowered.length === 0) return [];
  const found = lowered.map((field) => `${field} ${resources[field]}`).join(", ");
  return coded("BUILD_RESOURCES", [{
    severity: "note",
    path: `images.${name}.resources`,
    message: `are less than the default, as the nodes of pool "${pool}" have no more: ${found}`,
    hint: "a larger type in the pool's families, or a larger disk, gives the build more",
  }]);
}

function folderFindings(
  path: string,
  warnings: readonly string[],
  { leftOut }: Pick<ReadContext["files"], "leftOut">,
): Finding[] {
  const left = leftOut.length === 0 ? [] : [{
    severity: "note" as const,
    path,
    message: `leaves out ${leftOut.join(", ")}: a change of the config alone must not rebuild an image`,
    hint: "a COPY that names the file brings it back",
  }];
  return coded("BUILD_CONTEXT", [
    ...warnings.map((message) => ({ severity: "warning" as const, path, message, hint: "" })),
    ...left,
  ]);
}
