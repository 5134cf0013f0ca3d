/** Digests as a real registry gives them: the lab's own store, by the names under which it holds what unitune brings. */
import assert from "node:assert/strict";
import { askAll } from "../../.ci/pin_images.ts";
import { PINS } from "../../lib/core/pins.ts";
import { imageDigests, labReady } from "./lab.ts";
import { store } from "./layout.ts";

Deno.test("charts have the digests that the registry has them under, and the lab's images are of one platform", async () => {
  await labReady();
  const { chart, crdChart, version } = PINS.karpenter, charts = [chart, crdChart].map((name) => `${name}:${version}`);
  const known = await imageDigests();
  const { digests, failures } = await askAll([...charts, PINS.helmImage], (host) => `${store}/v2/${host}`);
  assert.deepEqual(digests, Object.fromEntries(charts.map((reference) => [reference, known[reference]])));
  assert.equal(failures.length, 1);
  assert.match(failures[0]!, /is an image for one platform/);
});
