import assert from "node:assert/strict";
import { isOurs, notOurs } from "../../lib/core/kube_owner.ts";
import { KINDS } from "../../lib/core/kube.ts";

Deno.test("an object is ours by our label alone, and a refusal says who has written it and how to look", () => {
  const named = { name: "unitune-build" };
  const made = (labels?: Record<string, string>) => ({
    ...KINDS.namespace,
    metadata: { ...named, ...labels && { labels } },
  });
  assert.equal(isOurs(made({ "app.kubernetes.io/managed-by": "unitune" })), true);
  for (const other of [undefined, {}, { "app.kubernetes.io/managed-by": "Helm" }, { "managed-by": "unitune" }]) {
    assert.equal(isOurs(made(other)), false);
  }
  const managedFields = [{ manager: "kubectl-create" }, { manager: "kubectl-create" }, { manager: "argocd" }];
  const error = notOurs({ ...KINDS.namespace, metadata: { ...named, ...{ managedFields } } }, "Cannot apply");
  assert.deepEqual([error.code, error.path], ["KUBE_NOT_OURS", "Namespace unitune-build"]);
  assert.equal(
    error.message,
    "Cannot apply Namespace unitune-build as unitune did not create the existing one: " +
      "its label app.kubernetes.io/managed-by is missing, and it was written by kubectl-create, argocd",
  );
  assert.match(error.hint!, /^`kubectl get namespace unitune-build -o yaml --show-managed-fields` shows whose it is/);
  const claim = {
    ...KINDS.secret,
    metadata: { name: "a", namespace: "b", labels: { "app.kubernetes.io/managed-by": "Helm" } },
  };
  assert.match(notOurs(claim, "Cannot delete").message, /^Cannot delete Secret b\/a .* is Helm$/);
  assert.match(
    notOurs(claim, "Cannot delete").hint!,
    /kubectl label secret a -n b app\.kubernetes\.io\/managed-by=unitune$/,
  );
});
