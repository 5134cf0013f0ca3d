import assert from "node:assert/strict";
import { makeProject } from "../project.ts";

Deno.test("the added builder pool has every declared architecture and enough vCPUs for concurrent builds", async () => {
  await using project = await makeProject();
  const { config } = await project.load(`
    import { defineConfig, image } from "unitune/config";
    export default defineConfig({
      name: "acme-ml", region: "us-west-2", cluster: { endpoint: "private" }, builder: { concurrency: 8 },
      images: {
        base: image({ context: "./images/base", platforms: ["linux/arm64"], resources: { cpu: "16" } }),
        trainer: image({ context: "./images/trainer" }),
      },
    });`);
  const pool = config.pools.find((one) => one.name === "builder");
  assert.deepEqual(pool?.arch, ["amd64", "arm64"]);
  assert.equal(pool?.kind === "cpu" && pool.maxCpus, 256);
});
