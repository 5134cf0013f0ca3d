/**
 * One repository, one base image, twelve images made from it. What all have in common is written once, as code; a
 * change in one folder builds that image, a change in the base builds all.
 *
 * ```sh
 * unitune build ingest embed
 * ```
 */
import { cpuPool, defineConfig, gpuPool, image } from "unitune/config";
import { STEPS } from "./steps.ts";

const base = image({ context: "./base", resources: { cpu: "2", memory: "4Gi" } });

const steps = Object.fromEntries(STEPS.map((step) => [
  step,
  image({
    context: `./steps/${step}`,
    needs: { base },
    args: { STEP: step },
    labels: { "org.opencontainers.image.title": step },
  }),
]));

export default defineConfig(({ stage }) => ({
  name: "pipeline",
  region: "eu-central-1",
  // A stage for trying things out has one NAT gateway and no reason for a third zone.
  network: stage === "prod" ? { azs: 3, nat: "per-az" } : { azs: 2, nat: "single" },
  cluster: { endpoint: { publicFrom: ["203.0.113.0/24"] } },
  pools: {
    cpu: cpuPool({ maxCpus: 512, capacity: ["spot", "on-demand"] }),
    embed: gpuPool({ gpu: "l4", gpusPerNode: 1, maxGpus: 16, capacity: ["spot", "on-demand"] }),
  },
  images: { base, ...steps },
  builder: { concurrency: 6 },
}));
