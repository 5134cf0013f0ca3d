/** A dry run's YAML is printed: it must be the same objects to kubectl, and plain text to a terminal. */
import assert from "node:assert/strict";
import { parse } from "yaml";
import { toYaml } from "../../lib/adapters/yaml.ts";
import { isSteering } from "../../lib/core/text.ts";

const configMap = (data: Record<string, string>) => {
  return { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a" }, data } as const;
};

Deno.test("what would control a terminal or a CI runner is escaped, in keys and in values", () => {
  const data = {
    "\x9b31m": "\u202ea",
    command: `a line that is long enough to be written as several lines\n::error::a\n  ##[error]b\n`,
    middle: "a ##vso[task.setvariable]b",
    escape: "\x1b]0;title\x07",
    unseen: "#\u00ad#[error]",
    script: "set -u\n\techo ok\n",
  };
  const text = toYaml([configMap(data)]);
  assert.equal(isSteering(text), false, text);
  assert.deepEqual(parse(text, { version: "1.1" }), configMap(data));
  assert.match(text, /script: \|\n {4}set -u\n/);
});

Deno.test("strings that YAML 1.1 takes for something else stay strings", () => {
  const data = { a: "yes", b: "0755", c: "on", d: "1e3" };
  assert.deepEqual(parse(toYaml([configMap(data)]), { version: "1.1" }), configMap(data));
});
