import assert from "node:assert/strict";
import { parse } from "smol-toml";
import { parse as parseYaml } from "yaml";
import { userData } from "../../lib/cluster/user_data.ts";
import { NODE_CONFIG, userDataParts } from "../../lib/core/user_data.ts";
import { cpu, templates, tune } from "./samples.ts";

const AL2023 = "al2023@v20261023";
const own = '[settings.kernel.sysctl]\n"vm.max_map_count" = "262144"\n';
// deno-lint-ignore no-explicit-any
const settings = (text: string | null): any => JSON.parse(JSON.stringify(parse(text ?? "")["settings"]));

Deno.test("a node that needs nothing said reads nothing", () => {
  assert.equal(userData({ ...cpu, imagePull: "standard" }, templates), null);
  assert.equal(userData({ ...tune, ami: AL2023, imagePull: "standard" }, templates), null);
});

Deno.test("one text stays as it was written; of several the user's word holds, key by key", () => {
  assert.equal(userData({ ...cpu, userData: own }, templates), own);
  assert.equal(userData(tune, templates), templates["image-pull.toml"]);
  const both = settings(userData({ ...tune, userData: own }, templates));
  assert.deepEqual(both.kernel.sysctl, { "vm.max_map_count": "262144" });
  assert.equal(both["container-runtime"].snapshotter, "soci");
  const fewer = "settings.container-runtime-plugins.soci-snapshotter.parallel-pull-unpack." +
    "max-concurrent-downloads-per-image = 5\n";
  const pull = settings(userData({ ...tune, userData: fewer }, templates));
  assert.equal(pull["container-runtime"].snapshotter, "soci");
  const { "parallel-pull-unpack": tuned } = pull["container-runtime-plugins"]["soci-snapshotter"];
  assert.equal(tuned["max-concurrent-downloads-per-image"], 5);
  assert.equal(tuned["max-concurrent-unpacks-per-image"], 12);
});

Deno.test("shared GPUs keep the name that Karpenter knows", () => {
  const sliced = settings(userData({ ...tune, sharing: { kind: "time-slicing", replicas: 4 } }, templates));
  assert.deepEqual(sliced["kubelet-device-plugins"].nvidia, {
    "device-sharing-strategy": "time-slicing",
    "time-slicing": { "rename-by-default": false, replicas: 4 },
  });
  const sharing = { kind: "mig", profile: "1g.10gb", models: ["a100.40gb", "a100.80gb"] } as const;
  const cut = settings(userData({ ...tune, sharing }, templates));
  assert.deepEqual(cut["kubelet-device-plugins"].nvidia, {
    "device-partitioning-strategy": "mig",
    mig: { profile: { "a100.40gb": "1g.10gb", "a100.80gb": "1g.10gb" } },
  });
});

Deno.test("AL2023 gets NodeConfigs and scripts as parts of one text", () => {
  const pool = { ...tune, ami: AL2023, imagePull: "parallel" } as const;
  const alone = userData(pool, templates)!;
  assert.deepEqual(parseYaml(alone).spec, { featureGates: { FastImagePull: true } });
  const parts = userDataParts(userData({ ...pool, userData: "#!/bin/sh\n:\n" }, templates)!)!;
  assert.deepEqual(parts.map(({ type }) => type.split(";")[0]), [NODE_CONFIG, "text/x-shellscript"]);
});
