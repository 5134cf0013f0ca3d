import assert from "node:assert/strict";
import { formatPath } from "../../../lib/config/issues.ts";
import { referenceIssues } from "../../../lib/config/resolve/references.ts";

Deno.test("a text that a template would replace is found wherever it stands, and its name too", () => {
  const config = {
    tags: { a: "x {{resolve:ssm:/a}} y", "{{resolve:ssm:/b}}": "c" },
    images: { base: { args: { A: "{{ Resolve:secretsmanager:x}}" }, tags: ["v1", "${Token[AWS.AccountId.4]}"] } },
    pools: { cpu: { userData: "#{Token[TOKEN.1]}" } },
  };
  assert.deepEqual(referenceIssues(config).map(({ path }) => formatPath(path)), [
    "tags.a",
    'tags["{{resolve:ssm:/b}}"]',
    "images.base.args.A",
    "images.base.tags[1]",
    "pools.cpu.userData",
  ]);
  assert.match(referenceIssues("{{resolve:ssm:/a}}")[0]!.message, /^must not contain a reference of CloudFormation/);
});

Deno.test("braces alone are no reference", () => {
  assert.deepEqual(referenceIssues({ a: "{{ name }}", b: "${HOME}", c: "resolve:ssm", d: 1, e: null }), []);
});
