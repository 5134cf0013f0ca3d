/** What people read of unitune says what its words say: see `words.ts`. Every rule is shown to find a phrase. */
import assert from "node:assert/strict";
import { filesOf } from "./sources.ts";
import { wordLine, WORDS, wrongWords } from "./words.ts";

const ROOT = new URL("../../", import.meta.url);

/** Rooms and documents that are held to the words. */
const SOURCES = ["main.ts", "lib/", "infra/", ".ci/", "examples/"];
const DOCUMENTS = /^(README|CONTRIBUTING|CHANGELOG)\.md$|^(docs|examples)\/.*\.md$/;

/** A phrase for each rule. */
const EXAMPLES = [
  "mend the cause and run it again",
  "names, with commas between",
  "use1-az9 is none of them",
  "a VPC that is there",
  "the subnet is not there",
  "apply makes it so",
  "the config declares none of it",
  "what no flag says has its default",
  "an entry that somebody else created",
  "everything that unitune makes in AWS",
  "a VPC that unitune did not make",
  "a setting of a VPC that is made",
  "checked before anything is made",
  "the repository is made by deploy",
  "the reason is told once",
  "aws ec2 describe-subnets tells those that exist",
  "a check that asks nobody",
  "what stands against the VPC",
  "what hangs on it",
  "it waits without a word",
  "listed with those that there are",
  "no further node is to be had",
  "subnets with a way out",
  "launched behind its back",
  "the stages of apply",
  "--only names the stages to run",
  "a stage of the Dockerfile",
];

/** What the rules leave alone. */
const GOOD = [
  "If there is none, that is an error.",
  "Is there an existing VPC that there is no subnet in? It says that there is a subnet.",
  "--stage names a stage; --only names phases of apply.",
  "The recommended way to build; made for GPUs.",
];

function documents(folder = ""): string[] {
  return [...Deno.readDirSync(new URL(folder || ".", ROOT))].flatMap(({ name, isDirectory }) => {
    if (isDirectory) return /^(docs|examples)(\/|$)/.test(`${folder}${name}`) ? documents(`${folder}${name}/`) : [];
    return DOCUMENTS.test(`${folder}${name}`) ? [`${folder}${name}`] : [];
  });
}

Deno.test("sources and documents use the words of the project", () => {
  const files = [...filesOf(...SOURCES), ...documents(), "infra/permissions.json"];
  assert.ok(files.includes("README.md") && files.includes("lib/core/errors.ts"));
  const wrong = files.flatMap((file) => wrongWords(file, Deno.readTextFileSync(new URL(file, ROOT))));
  assert.deepEqual(wrong.map(wordLine), []);
});

Deno.test("a phrase is found in a comment, in a literal and in a document, with its line and what to say", () => {
  const source = [
    "/** Mends a stack. */",
    "export const hint = `flags ${1}, with commas between`;",
    "// It is somebody",
    "// else's.",
    'export const message = "the VPC that is there";',
  ].join("\n");
  assert.deepEqual(wrongWords("lib/x.ts", source).map(wordLine), [
    'lib/x.ts:1: "Mends": say "fix"',
    'lib/x.ts:2: "with commas between": say "comma-separated"',
    'lib/x.ts:3: "somebody else": say "another user, tool or client"',
    'lib/x.ts:5: "that is there": say "an existing …, … that exists"',
  ]);
  assert.deepEqual(wrongWords("docs/x.md", "# A\n\nThe stages of\napply.").map(wordLine), [
    'docs/x.md:3: "stages of apply": say "phase of apply, part of permissions.json"',
  ]);
});

Deno.test("only what people read is held to the words: names in code are not, but for types called a context", () => {
  const source =
    "import { mend } from './mended.ts';\ninterface JobContext {}\nconst mends = mend;\ntype ReadContext = 1;";
  assert.deepEqual(wrongWords("lib/x.ts", source).map(wordLine), [
    'lib/x.ts:2: "JobContext": say "Operation, Input, Facts: a context is what COPY sees"',
  ]);
});

Deno.test("every rule finds its example, and leaves good English alone", () => {
  const found = EXAMPLES.map((text) => wrongWords("docs/x.md", text).map(({ say }) => say));
  assert.deepEqual(found.filter((one) => one.length !== 1), []);
  assert.deepEqual(WORDS.filter(({ say }) => !found.flat().includes(say)), []);
  for (const text of GOOD) assert.deepEqual(wrongWords("docs/x.md", text).map(wordLine), []);
});
