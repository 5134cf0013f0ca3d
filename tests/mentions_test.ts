/** Flags and fields of the config that the pages name in passing, outside of examples: each exists. */
import assert from "node:assert/strict";
import { configSchema, type JsonSchema } from "../lib/config/schema/json_schema.ts";
import { documents, root } from "./blocks.ts";

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

type Node = JsonSchema & {
  readonly properties?: Readonly<Record<string, Node>>;
  readonly additionalProperties?: Node | boolean;
  readonly anyOf?: readonly Node[];
  readonly items?: Node;
  readonly $ref?: string;
};

const schema = configSchema() as Node, defs = schema["$defs"] as Readonly<Record<string, Node>>;

/** What a field may be: the schema itself, its alternatives, what it refers to, and the entries of a map. */
function optionsOf(node: Node): Node[] {
  const referred = node.$ref ? [defs[node.$ref.split("/").at(-1)!]!] : [];
  const entries = typeof node.additionalProperties === "object" ? [node.additionalProperties] : [];
  return [
    node,
    ...[...(node.anyOf ?? []), ...referred, ...entries, ...node.items ? [node.items] : []].flatMap(optionsOf),
  ];
}

function has(node: Node, [field, ...rest]: readonly string[]): boolean {
  if (field === undefined) return true;
  return optionsOf(node).some(({ properties }) => {
    return properties !== undefined && Object.hasOwn(properties, field) && has(properties[field]!, rest);
  });
}

/** A path may begin at the config, at an image or at a pool. */
const exists = (path: string): boolean => [schema, ...Object.values(defs)].some((node) => has(node, path.split(".")));

const SECTIONS =
  "cluster|network|builder|storage|karpenter|iam|access|resources|consolidation|reservation|sharing|images";

Deno.test("every field of the config that a page names with its section exists", () => {
  const path = new RegExp(`^(?:${SECTIONS})(?:\\.[a-zA-Z]+)+$`);
  const fields = mentions.filter(({ code }) => path.test(code));
  assert.ok(fields.length >= 10, fields.map(({ code }) => code).join(", "));
  assert.deepEqual(fields.filter(({ code }) => !exists(code)), []);
});

Deno.test("a field that does not exist is found, at the top and further in", () => {
  assert.deepEqual(
    ["cluster.endpoint.publicFrom", "storage.ebs", "resources.disk"].filter((path) => !exists(path)),
    [],
  );
  assert.deepEqual(["cluster.endpoints", "network.vpc.id", "resources.gpu"].filter(exists), []);
});
