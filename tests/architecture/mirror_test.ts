/** A file's test is found by its name: see "Tests" in `docs/architecture.md`. */
import assert from "node:assert/strict";
import { filesOf } from "./sources.ts";

/** Folders of `tests` that mirror nothing: they are about the whole. */
const WHOLE = /^tests\/(architecture|bench|facts|fakes|grade|lab|options|program|types)\//;

/** Tests of several files, with what they are about. */
const SUBJECTS: Readonly<Record<string, string>> = {
  "tests/adapters/config/hostile_test.ts": "every wall around a config, from its imports to its result",
  "tests/actions/pools_test.ts": "what becomes of pools from the plan to the end of apply",
  "tests/actions/upgrade_test.ts": "an upgrade of Kubernetes, step by step",
  "tests/adapters/config/property_test.ts": "code that looks for a way out of the sandbox",
  "tests/adapters/config/sandbox_test.ts": "what a config can reach, and how it is ended",
  "tests/adapters/config/sandbox_text_test.ts": "functions that go to the sandbox as text",
  "tests/adapters/terminal/pty_test.ts": "a run on real terminals of every kind",
  "tests/cluster/objects_test.ts": "the objects of a cluster together",
  "tests/cluster/pools_test.ts": "a pool's node pool and class together",
  "tests/ci/release_test.ts": "a release: its files, and their installation",
  "tests/config/invalid_test.ts": "wrong configs and their messages",
  "tests/config/rights_test.ts": "storage, access and add-ons, which bring each other",
  "tests/config/whole_config_test.ts": "whole configs, field by field",
  "tests/core/facts/homes_test.ts": "each fact told once, in the whole program",
  "tests/security_test.ts": "the tests that SECURITY.md names",
  "tests/docs_test.ts": "the examples and commands in the documents",
  "tests/mentions_test.ts": "flags and fields that the pages name",
  "tests/troubleshooting_test.ts": "what docs/troubleshooting.md quotes",
  "tests/infra/discovery_test.ts": "what Karpenter finds by tag",
  "tests/infra/existing_vpc_test.ts": "the stacks in an existing VPC",
  "tests/infra/functions_test.ts": "the code of the functions in the stacks",
  "tests/infra/partitions_test.ts": "the stacks in China and GovCloud",
  "tests/permissions/calls_test.ts": "the calls that the program makes, against its table of permissions",
  "tests/plan/property_test.ts": "any valid config, from the file to the plan",
};

/** The files that a test may be the test of. */
function mirrored(test: string): string[] {
  const path = test.slice("tests/".length).replace(/_test\.ts$/, "");
  const [room = "", ...rest] = path.split("/");
  switch (room) {
    case "ci":
      return [`.ci/${rest.join("/")}.ts`];
    case "infra":
      return [`${path}.ts`, `${path}.mjs`];
    case "templates":
      return [`${path.replaceAll("_", "-")}.mjs`];
    default:
      return [`lib/${path}.ts`];
  }
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(new URL(`../../${path}`, import.meta.url)).isFile;
  } catch {
    return false;
  }
}

Deno.test("a test has the name of its file, or is listed with what it is about", () => {
  const tests = filesOf("tests/").filter((file) => file.endsWith("_test.ts") && !WHOLE.test(file));
  assert.ok(tests.length > 90);
  const others = tests.filter((test) => !mirrored(test).some(exists));
  assert.deepEqual(others.filter((test) => SUBJECTS[test] === undefined), []);
});

Deno.test("what is listed as a test of several files has no file of its name", () => {
  assert.deepEqual(Object.keys(SUBJECTS).filter((test) => mirrored(test).some(exists)), []);
});
