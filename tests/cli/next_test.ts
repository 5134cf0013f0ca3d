/** What an apply ends with: commands that can be pasted. */
import assert from "node:assert/strict";
import { nextCommands } from "../../lib/cli/next.ts";
import { makePlan } from "../../lib/plan/changes.ts";
import { SETTLED } from "../fakes/observed.ts";
import { jobSpec } from "../images/specs.ts";
import { smallest } from "../infra/config.ts";

Deno.test("an apply ends with the commands to go on with, which name the same project", () => {
  const plan = makePlan({ config: smallest(), builds: [], observed: SETTLED, only: ["infra", "pools"] });
  const flags = { config: "my configs/it's.ts", stage: "dev", profile: "ml", env: ["A", "B"] };
  assert.deepEqual(nextCommands(flags, plan, undefined).split("\n"), [
    "Next:",
    "  unitune kubeconfig --config 'my configs/it'\\''s.ts' --stage dev --profile ml --env A --env B  # lets kubectl into the cluster",
    "  kubectl get nodepools                                                                         # the pools, and how much of each is in use",
    "  unitune build --config 'my configs/it'\\''s.ts' --stage dev --profile ml --env A --env B       # builds the images",
  ]);
});

Deno.test("after images were built, the next command is the user's own Job, with the image to name in it", () => {
  const builds = [jobSpec().build], config = smallest({ images: builds.map(({ image }) => image) });
  const plan = makePlan({ config, builds, observed: SETTLED, only: ["images"] });
  assert.match(
    nextCommands({}, plan, "registry/acme/trainer@sha256:1"),
    /\n {2}kubectl apply -f train\.yaml +# your Job, with image: registry\/acme\/trainer@sha256:1$/,
  );
});
