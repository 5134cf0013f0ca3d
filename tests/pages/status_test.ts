/** The page of a status shows what `status --json` prints. */
import assert from "node:assert/strict";
import { statusPage } from "../../lib/pages/status.ts";
import { dataOf, shownOf, tablesOf, textsIn } from "./read.ts";
import { HOSTILE, STATUS } from "./samples.ts";

const page = statusPage(STATUS), tables = tablesOf(page);

Deno.test("the page carries the status, and shows every text of it", () => {
  assert.deepEqual(dataOf(page, "status"), JSON.parse(JSON.stringify(STATUS)));
  const shown = shownOf(page);
  for (const text of textsIn(STATUS)) assert.ok(shown.includes(text), text);
});

Deno.test("nodes, waiting pods, Jobs and images are those of the document", () => {
  assert.deepEqual(tables.get("Nodes of pool cpu, the oldest first"), [
    ["n1", "ready", "m7i.large", "spot", "a", "1m", "0.10 USD"],
    [HOSTILE, "starting", "not known", "not known", "not known", "5s", "not known"],
  ]);
  assert.deepEqual(tables.get("Pods that do not run yet"), [["default/train", "1m", HOSTILE, "wait"]]);
  assert.deepEqual(tables.get("Jobs that build images"), [["a", "a-amd64-1", "running", "30s"]]);
  assert.deepEqual(tables.get("Images of the config"), [
    ["a", `sha256:${"b".repeat(64)}`, "3.0 MiB", "1h0m ago"],
    ["b", "not built: its inputs have changed, or it never was", "", ""],
  ]);
});

Deno.test("without a cluster, and with one that cannot be read, the page says so", () => {
  assert.match(shownOf(statusPage({ ...STATUS, cluster: null, inside: null })), /The cluster does not exist\./);
  const unread = { ...STATUS.inside!, unread: "the API server did not answer" };
  assert.match(shownOf(statusPage({ ...STATUS, inside: unread })), /Not read: the API server did not answer/);
});
