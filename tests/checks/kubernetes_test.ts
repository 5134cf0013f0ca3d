import assert from "node:assert/strict";
import { kubernetes } from "../../lib/checks/kubernetes.ts";
import { clusterOf } from "../../lib/config/resolve/infra.ts";
import { EXIT } from "../../lib/core/errors.ts";
import { smallest } from "../infra/config.ts";
import { contextOf, refused, told } from "./context.ts";

const at = (deployed: string | null) => {
  const config = smallest({ cluster: clusterOf({ version: "1.35", endpoint: "private" }) });
  return told(kubernetes, contextOf(config, {}, { kubernetes: deployed }));
};

Deno.test("a cluster is not taken back to an older Kubernetes, and the way to go on is told", async () => {
  const error = await refused(at("1.36"));
  assert.deepEqual([error.code, error.path, error.exit], ["KUBERNETES_DOWNGRADE", "cluster.version", EXIT.config]);
  assert.match(error.lines[0]!, /must be 1\.36 or newer, as EKS only upgrades: found 1\.35.*version: "1\.36".*7 days/);
});

Deno.test("the same version, a newer one and no cluster at all are nothing to tell", async () => {
  for (const deployed of ["1.35", "1.34", null]) assert.deepEqual(await at(deployed), []);
});

Deno.test("a version of a form that nobody knows is a note", async () => {
  assert.deepEqual(await at("stable"), [
    'the cluster has version "stable", which this release cannot compare with 1.35',
  ]);
});
