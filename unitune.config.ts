/** The demo: two pools, two images of which one is built from the other. `deno task demo` applies it in the lab. */
import { cpuPool, defineConfig, gpuPool, image } from "unitune/config";

const base = image({ context: "./examples/demo/base", resources: { cpu: "500m", memory: "512Mi" } });

export default defineConfig({
  name: "unitune-demo",
  region: "us-west-2",
  cluster: { endpoint: { publicFrom: ["203.0.113.0/24"] } },
  pools: {
    cpu: cpuPool({ maxCpus: 64, capacity: ["spot", "on-demand"] }),
    tune: gpuPool({ gpu: "l40s", maxGpus: 8, capacity: ["spot", "on-demand"] }),
  },
  images: {
    base,
    trainer: image({
      context: "./examples/demo/trainer",
      needs: { base },
      resources: { cpu: "500m", memory: "512Mi" },
      tags: [{ name: "latest", moves: true }],
    }),
  },
});
