import assert from "node:assert/strict";
import type { Tags } from "../../lib/core/ports.ts";
import { foreign, isOwn, ownTags } from "../../lib/plan/ownership.ts";

function judged(tags: Tags) {
  return foreign("acme", [{ what: "stack acme-eks", path: "name", tags, show: "aws show", instead: "go elsewhere" }]);
}

Deno.test("a resource is ours by our tag with this cluster's name, and by nothing else", () => {
  assert.deepEqual(judged(ownTags("acme")), []);
  assert.deepEqual(judged({ ...ownTags("acme"), owner: "them" }), []);
  for (const tags of [{}, ownTags("acme-2"), ownTags(""), { "Unitune:Cluster": "acme" }, { Name: "acme" }]) {
    assert.equal(isOwn(tags, "acme"), false);
    assert.equal(judged(tags).length, 1);
  }
});

Deno.test("a refusal says what was found, whose it seems to be, and the command that shows it", () => {
  const said = (tags: Tags) => judged(tags)[0]!.message.replace(/^.* must be acme, /, "");
  assert.equal(said({}), "found no tags");
  assert.equal(said(ownTags("other")), "found other");
  assert.equal(
    said({
      "aws:cloudformation:stack-id": "arn:aws:cloudformation:us-west-2:1:stack/eksctl-acme-cluster/0cff",
      "aws:cloudformation:stack-name": "eksctl-acme-cluster",
      team: "search",
      "alpha.eksctl.io/eksctl-version": "0.206.0",
    }),
    "found of stack eksctl-acme-cluster, alpha.eksctl.io/eksctl-version=0.206.0, team=search",
  );
  assert.equal(said({ d: "4", a: "1", c: "3", b: "2" }), "found a=1, b=2, c=3");
  assert.deepEqual(judged({}), [{
    path: "name",
    message: "stack acme-eks exists and is not this project's: its tag unitune:cluster must be acme, found no tags",
    hint: "`aws show` shows whose it is; go elsewhere",
  }]);
});
