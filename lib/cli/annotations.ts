/**
 * Errors as annotations of GitHub Actions, whose runner shows them beside the lines of a pull request. It reads them from
 * both streams; unitune writes them to stderr.
 * https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands#setting-an-error-message
 */
import { relative, resolve } from "node:path";
import { isUnituneError, type Mistake } from "../mod.ts";
import { plainText } from "../core/text.ts";
import type { World } from "./world.ts";

/** More would bury the page of a run: all mistakes are in the error itself. */
const MOST = 10;

/** Lines of `::error …`, one for each of the first mistakes; none where no runner of GitHub reads them. */
export function annotations(error: unknown, env: World["env"]): string {
  if (env("GITHUB_ACTIONS") !== "true") return "";
  const known = isUnituneError(error) ? error : { code: "UNEXPECTED", message: String(error), hint: undefined };
  const mistakes: readonly Mistake[] = isUnituneError(error) && error.mistakes.length > 0 ? error.mistakes : [known];
  return mistakes.slice(0, MOST).map(({ code, message, path, hint, place }) => {
    const properties = [
      ...place
        ? [
          `file=${inProperty(inWorkspace(place.file, env("GITHUB_WORKSPACE")))}`,
          `line=${place.line}`,
          `col=${place.column}`,
        ]
        : [],
      `title=${inProperty(code)}`,
    ];
    const text = [path, message].filter(Boolean).join("  ") + (hint ? ` — ${hint}` : "");
    return `::error ${properties.join(",")}::${inMessage(text)}\n`;
  }).join("");
}

/** A path as the runner knows it: from the folder of the checkout, which is not always the current one. */
function inWorkspace(file: string, workspace: string | undefined): string {
  const path = workspace ? relative(workspace, resolve(file)) : file;
  return path.startsWith("..") ? file : path;
}

/** As the runner's own toolkit does it: https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts */
function inMessage(text: string): string {
  return plainText(text).replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function inProperty(text: string): string {
  return inMessage(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
