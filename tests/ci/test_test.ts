import assert from "node:assert/strict";
import { countTests } from "../../.ci/test.ts";

Deno.test("a JUnit report counts its passed and failed tests, and a skipped one as neither", () => {
  const xml = `<testsuites name="deno test" tests="5" failures="1" errors="1" time="0.1">
    <testsuite name="a"><testcase name="x"><skipped/></testcase></testsuite></testsuites>`;
  assert.deepEqual(countTests(xml), { passed: 2, failed: 2 });
});

Deno.test("a report without suites counts nothing", () => {
  assert.deepEqual(countTests(""), { passed: 0, failed: 0 });
});
