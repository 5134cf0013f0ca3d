/** The catalogue of errors: whole, used, and the only source of codes and exit codes. */
import assert from "node:assert/strict";
import { ISSUES } from "../../lib/config/issues.ts";
import { type ErrorCode, errorReference, EXIT, exitOf } from "../../lib/core/error_codes.ts";

const root = new URL("../../", import.meta.url);

async function textOf(folder: string): Promise<string> {
  let text = "";
  for await (const { name, isDirectory } of Deno.readDir(new URL(folder, root))) {
    if (isDirectory) text += await textOf(`${folder}${name}/`);
    else if (name.endsWith(".ts") && name !== "error_codes.ts") {
      text += await Deno.readTextFile(new URL(folder + name, root));
    }
  }
  return text;
}

Deno.test("every error of the catalogue and every code of a config's mistakes is used by the library or its stacks", async () => {
  const text = await textOf("lib/") + await textOf("infra/");
  const unused = errorReference().map(({ code }) => code).filter((code) => !text.includes(`"${code}"`));
  assert.deepEqual(unused, []);
  assert.deepEqual(Object.keys(ISSUES).filter((code) => !text.includes(`"${code}"`)), []);
});

Deno.test("every error has an exit code of a failure, a sentence and an anchor of its own", () => {
  const reference = errorReference();
  for (const { code, exit, meaning, anchor } of reference) {
    assert.match(code, /^[A-Z]+(_[A-Z]+)*$/);
    assert.match(meaning, /^[A-Z].*\.$/, code);
    assert.equal(anchor, code.toLowerCase());
    assert.ok(Object.values(EXIT).includes(exit) && exit !== EXIT.done && exit !== EXIT.declined, code);
  }
  assert.equal(new Set(reference.map(({ code }) => code)).size, reference.length);
});

Deno.test("the reference is in the order of exit codes, then of codes, and tells checks apart", () => {
  const reference = errorReference();
  const sorted = reference.toSorted((a, b) => a.exit - b.exit || (a.code < b.code ? -1 : 1));
  assert.deepEqual(reference.map(({ code }) => code), sorted.map(({ code }) => code));
  assert.deepEqual(reference.filter(({ code }) => ["AMI", "AWS_BUSY"].includes(code)), [
    {
      code: "AMI",
      exit: EXIT.aws,
      meaning: "AWS does not publish a machine image that a pool requires.",
      anchor: "ami",
      check: true,
    },
    { code: "AWS_BUSY", exit: EXIT.aws, meaning: "AWS throttled the requests.", anchor: "aws_busy", check: false },
  ]);
});

Deno.test("the exit code follows from the code", () => {
  const expected: Readonly<Partial<Record<ErrorCode, number>>> = {
    UNEXPECTED: 1,
    DIRECTORY_NOT_FOUND: 2,
    SECRET_MISSING: 2,
    CONTEXT_NOT_FOUND: 3,
    SECRET_FILE: 3,
    AWS_DENIED: 4,
    NETWORK: 4,
    KUBE_CONFLICT: 5,
    TIMEOUT: 5,
    INTERRUPTED: 130,
  };
  for (const [code, exit] of Object.entries(expected)) assert.equal(exitOf(code as ErrorCode), exit, code);
});
