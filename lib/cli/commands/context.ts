import { type ContextReport, directoryContext, EXIT, formatBytes } from "../../mod.ts";
import { DOCUMENT_VERSION as version } from "../documents/kinds.ts";
import type { Runner } from "../runner.ts";

export function contextCommand(runner: Runner): void {
  runner.command("context", "show what goes into a build context: files, sizes, digest, warnings")
    .argument("<image-or-dir>", "an image of the config, or a folder (a path with a /, or .)")
    .action(async (name, options) => {
      if (name.includes("/") || name === ".") {
        return await runner.run(options, async (terminal) => {
          const report = await directoryContext(name);
          terminal.result(contextText(report), { version, ...report });
          return EXIT.done;
        });
      }
      await runner.withProject(options, async (project, terminal) => {
        const report = await project.context(name);
        terminal.result(contextText(report), { version, ...report });
        return EXIT.done;
      });
    });
}

function contextText(report: ContextReport): string {
  const warnings = report.warnings.map((warning) => `warning: ${warning}`);
  const dockerfile = report.dockerfile === null ? [] : ["Dockerfile:", report.dockerfile.trimEnd(), ""];
  const named = Object.entries(report.contexts).flatMap(([name, context]) => {
    return "image" in context
      ? [`${name}: ${context.image}`, ""]
      : [`${name}:`, ...fileLines(context), sumLine(context), ""];
  });
  return [...dockerfile, ...named, ...fileLines(report), ...warnings, sumLine(report)].join("\n");
}

type Folder = Pick<ContextReport, "files" | "bytes" | "digest">;

function fileLines({ files }: Folder): string[] {
  return files.map(({ path, type, mode, size }) => {
    return `${mode.toString(8).padStart(4, "0")}  ${type.padEnd(7)}  ${formatBytes(size).padStart(10)}  ${path}`;
  });
}

function sumLine({ files, bytes, digest }: Folder): string {
  return `${files.length} entries, ${formatBytes(bytes)}, sha256:${digest}`;
}
