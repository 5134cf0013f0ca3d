import assert from "node:assert/strict";
import { CONFIG_PART, isUnituneError, UnituneError } from "../../lib/core/errors.ts";
import { withPlaces } from "../../lib/project/places.ts";
import { makeProject } from "../config/project.ts";

const CONFIG = `import { cpuPool, defineConfig } from "unitune/config";
const cpu = cpuPool({
  maxCpus: 64,
});
export default defineConfig({
  name: "acme", region: "us-west-2",
  cluster: { endpoint: "private", addOns: { "aws-ebs-csi-driver": {} } },
  pools: { cpu },
});
`;

Deno.test("a path of the config has the place where it was written; anything else has none", async () => {
  await using project = await makeProject();
  const { placeOf } = await project.load(CONFIG);
  const place = (path: string) => placeOf(path)?.replace(/^.*unitune/, "unitune") ?? null;
  assert.equal(place("pools.cpu.maxCpus"), "unitune.config.ts:3:3");
  assert.equal(place("cluster.addOns"), "unitune.config.ts:7:35");
  assert.equal(place("pools.cpu.ami"), "unitune.config.ts:8:12", "what was not written: as far as it was");
  for (const path of ["acme-eks/Cluster", "NodePool cpu", "builder", "constructor"]) assert.equal(placeOf(path), null);
});

Deno.test("the error of a step says where the config declares what failed", () => {
  const place = (path: string) => path === "pools.cpu" || path === "cluster.addOns" ? "unitune.config.ts:1:2" : null;
  const lines = (path: string | undefined, ...lines: string[]) => {
    const error = new UnituneError("STACK_FAILED", "Cannot", { path, lines, hint: "h" });
    const [result] = withPlaces([{ id: "stacks", error }], place);
    assert.ok(isUnituneError(result!.error));
    assert.deepEqual([result!.error.path, result!.error.hint], [path, "h"]);
    return result!.error.lines;
  };
  assert.deepEqual(lines("pools.cpu", "more"), ["pools.cpu is in unitune.config.ts:1:2", "more"]);
  assert.deepEqual(lines("acme-eks/AddOn", `${CONFIG_PART}cluster.addOns`, `${CONFIG_PART}network`), [
    "the config's part: cluster.addOns, unitune.config.ts:1:2",
    "the config's part: network",
  ]);
  const other = new Error("other");
  assert.deepEqual(withPlaces([{ error: other }, {}], place), [{ error: other }, {}]);
});
