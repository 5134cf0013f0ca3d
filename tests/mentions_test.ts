/** Flags and fields of the config that the pages name in passing, outside of examples: each exists. */
import assert from "node:assert/strict";
import { documents, root } from "./blocks.ts";
import { isField } from "./schema.ts";

const pages = documents().filter((name) => /^docs\/(how-to\/.*|tutorial\.md|troubleshooting\.md)$/.test(name));

interface Mention {
  readonly page: string;
  readonly code: string;
}

/** Inline code of the pages, without blocks. */
const mentions: readonly Mention[] = pages.flatMap((page) => {
  const text = Deno.readTextFileSync(root + page).replaceAll(/^ *```[^]*?^ *```$/gm, "");
  return [...text.matchAll(/`([^`]+)`/g)].map(([, code = ""]) => ({ page, code: code.replaceAll(/\s+/g, " ") }));
});

/** Flags of other programs that the pages name: the AWS CLI's and cdk's. */
const FOREIGN = ["--stack-name", "--all"];

async function helpOf(command: string): Promise<string> {
  const args = ["run", "-A", "main.ts", command, "--help"];
  const { stdout } = await new Deno.Command(Deno.execPath(), { args, cwd: root, stdin: "null" }).output();
  return new TextDecoder().decode(stdout);
}

Deno.test("every flag that a page names is one of unitune's", async () => {
  const help = await helpOf("help"), names = [...help.matchAll(/^ {2}([a-z]+) /gm)].map(([, name = ""]) => name);
  const helps = (await Promise.all(["help", ...names].map(helpOf))).join("\n");
  const flags = mentions.flatMap(({ page, code }) =>
    [...code.matchAll(/(?<![\w-])--[a-z][a-z-]*/g)].map(([flag]) => {
      return { page, flag };
    })
  );
  assert.ok(flags.length > 20 && names.length > 12);
  const unknown = flags.filter(({ flag }) => !FOREIGN.includes(flag) && !new RegExp(`${flag}\\b(?!-)`).test(helps));
  assert.deepEqual(unknown, []);
});

const SECTIONS =
  "cluster|network|builder|storage|karpenter|iam|access|resources|consolidation|reservation|sharing|images";

Deno.test("every field of the config that a page names with its section exists", () => {
  const path = new RegExp(`^(?:${SECTIONS})(?:\\.[a-zA-Z]+)+$`);
  const fields = mentions.filter(({ code }) => path.test(code));
  assert.ok(fields.length >= 10, fields.map(({ code }) => code).join(", "));
  assert.deepEqual(fields.filter(({ code }) => !isField(code)), []);
});

Deno.test("a field that does not exist is found, at the top and further in", () => {
  assert.deepEqual(
    ["cluster.endpoint.publicFrom", "storage.ebs", "resources.disk"].filter((path) => !isField(path)),
    [],
  );
  assert.deepEqual(["cluster.endpoints", "network.vpc.id", "resources.gpu"].filter(isField), []);
});
