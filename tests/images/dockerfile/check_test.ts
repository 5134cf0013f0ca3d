import assert from "node:assert/strict";
import { checkDockerfile } from "../../../lib/images/dockerfile/check.ts";
import type { DockerfileFinding } from "../../../lib/images/dockerfile/findings.ts";
import { compileIgnore, isIgnored, readIgnore } from "../../../lib/images/ignore.ts";
import { FAULTLESS, MISTAKES, type Sample } from "./mistakes.ts";

/** The files of a folder, as COPY sees them. */
function viewOf(files: readonly string[], ignore: string) {
  const rules = compileIgnore(readIgnore(ignore)), ignores = (path: string) => isIgnored(rules, path);
  const entries = new Map<string, { type: "file" | "dir" | "symlink"; link: string | null }>();
  for (const file of files) {
    const [path = "", link = null] = file.split(" -> ");
    if (ignores(path)) continue;
    path.split("/").slice(0, -1).forEach((_, at, parts) => {
      entries.set(parts.slice(0, at + 1).join("/"), { type: "dir", link: null });
    });
    entries.set(path, { type: link === null ? "file" : "symlink", link });
  }
  return { entries, ignores, ignoreFile: ".dockerignore" };
}

function check({ dockerfile, image = {}, files = [], ignore = "" }: Sample): DockerfileFinding[] {
  const contexts = Object.entries(image.contexts ?? {});
  return checkDockerfile({
    image: {
      name: "trainer",
      target: image.target ?? null,
      args: image.args ?? {},
      secrets: Object.fromEntries((image.secrets ?? []).map((id) => [id, { env: "X" }])),
      ssh: Object.fromEntries((image.ssh ?? []).map((id) => [id, { env: "X" }])),
      needs: image.needs ?? {},
      contexts: Object.fromEntries(contexts.map(([alias, source]) => {
        return [alias, typeof source === "string" ? { image: source } : { folder: `/project/${alias}` }];
      })),
      platforms: image.platforms ?? ["linux/amd64"],
    },
    declared: ["base", "tools", "trainer"],
    pulls: ["763104351884.dkr.ecr.us-west-2.amazonaws.com/hub/*", "763104351884.dkr.ecr.us-west-2.amazonaws.com/torch"],
    source: dockerfile,
    context: viewOf(["Dockerfile", ...files], ignore),
    folders: Object.fromEntries(contexts.flatMap(([alias, source]) => {
      return typeof source === "string" ? [] : [[alias, viewOf(source, ignore)]];
    })),
  });
}

for (const { title, severity, at, says, ...sample } of MISTAKES) {
  Deno.test(`a Dockerfile with one mistake has one finding: ${title}`, () => {
    const found = check({ title, ...sample });
    assert.equal(found.length, 1, JSON.stringify(found, null, 1));
    const { severity: found_, line, column, message, hint } = found[0]!;
    assert.deepEqual([found_, `${line}:${column}`], [severity, at], message);
    assert.match(hint ? `${message} — ${hint}` : message, says);
  });
}

for (const sample of FAULTLESS) {
  Deno.test(`a Dockerfile without mistakes has no finding: ${sample.title}`, () => {
    assert.deepEqual(check(sample), []);
  });
}
