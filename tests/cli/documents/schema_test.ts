/** What `--json` prints is held to the schemas, command by command, with nothing but files to work on. */
import assert from "node:assert/strict";
import * as z from "zod";
import { DOCUMENT_KINDS, type DocumentKind } from "../../../lib/cli/documents/kinds.ts";
import { DOCUMENTS, documentSchema } from "../../../lib/cli/documents/schema.ts";
import { run } from "../run.ts";
import { hold, kindOf } from "./held.ts";

const demo = new URL("../../../", import.meta.url).pathname;
const config = ["-c", `${demo}unitune.config.ts`];

/** Runs the command with `--json`, which holds what it prints to its schema, and gives its document. */
async function printed(...args: readonly string[]): Promise<Record<string, unknown>> {
  const ran = await run([...args, "--json"]);
  assert.equal(ran.code, 0, ran.stderr);
  return JSON.parse(ran.stdout);
}

Deno.test("plan, context, synth and the dry runs print documents of their schemas, with a version", async () => {
  const out = await Deno.makeTempDir({ prefix: "unitune-documents-" });
  try {
    const documents = [
      await printed("plan", "--offline", ...config),
      await printed("context", "base", ...config),
      await printed("context", `${demo}examples/demo/base`),
      await printed("synth", "--out", out, ...config),
      await printed("build", "--dry-run", ...config),
      await printed("deploy", `${demo}examples/demo/base`, "--image-name", "acme/extra", "--dry-run", ...config),
      await printed("destroy", "--dry-run", "--delete-data", ...config),
      await printed("init", out, "--yes", "--name", "acme"),
    ];
    assert.deepEqual(documents.map(({ version }) => version), documents.map(() => 1));
  } finally {
    await Deno.remove(out, { recursive: true });
  }
});

Deno.test("a command that fails prints no document, and an error of its schema as the last line of stderr", async () => {
  const args = ["plan", "-c", "/nowhere/unitune.config.ts", "--json"], ran = await run(args);
  assert.deepEqual([ran.code, ran.stdout], [3, ""]);
  const last = JSON.parse(ran.stderr.trimEnd().split("\n").at(-1)!);
  assert.deepEqual([last.version, last.type, last.code], [1, "error", "CONFIG_NOT_FOUND"]);
});

Deno.test("schema prints the config's schema, or that of the document that is named", async () => {
  assert.equal(JSON.parse((await run(["schema"])).stdout).title, "unitune.config.ts");
  for (const kind of DOCUMENT_KINDS) {
    const { code, stdout } = await run(["schema", kind]), schema = JSON.parse(stdout);
    assert.deepEqual([code, schema], [0, documentSchema(kind)], kind);
    assert.equal(schema.$schema, "https://json-schema.org/draft/2020-12/schema");
    assert.equal(schema.properties.version.const, 1);
    assert.ok(schema.required.includes("version"));
  }
  const unknown = await run(["schema", "plans"]);
  assert.deepEqual([unknown.code, unknown.stdout], [2, ""]);
  assert.match(unknown.stderr, /Allowed choices are plan, report/);
});

Deno.test("a published schema allows fields of later releases, and tests do not", () => {
  const document = { version: 1, written: ["a"], kept: [], missing: [], later: true };
  const published = z.fromJSONSchema(documentSchema("init") as Parameters<typeof z.fromJSONSchema>[0]);
  assert.ok(published.safeParse(document).success);
  assert.equal(published.safeParse({ ...document, written: 1 }).success, false);
  assert.equal(DOCUMENTS.init.safeParse(document).success, false);
  assert.throws(() => hold("init", document), /init document: /);
});

Deno.test("each kind of document is that of a command line, and schemas and texts are none", () => {
  const lines = [
    "plan --json",
    "apply --yes --json",
    "destroy --dry-run --json",
    "destroy --json",
    "build --dry-run --json",
    "context . --json",
    "synth --json",
    "init --json",
    "kubeconfig --json",
    "completions bash --json",
    "doctor --json",
    "logs --json",
    "status --json",
  ];
  const kinds: (DocumentKind | undefined)[] = [...lines.map((line) => kindOf(line.split(" "))), "error"];
  assert.deepEqual(new Set(kinds), new Set(DOCUMENT_KINDS));
  assert.deepEqual([kindOf(["plan"]), kindOf(["schema", "--json"])], [undefined, undefined]);
});
