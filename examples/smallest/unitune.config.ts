/**
 * The smallest config: one pool of GPUs, one image. Everything else has a default: three zones with a NAT gateway each,
 * Kubernetes with all its logs, and a pool that builds run on.
 *
 * ```sh
 * unitune plan --offline -c examples/smallest/unitune.config.ts
 * ```
 */
import { defineConfig, gpuPool, image } from "unitune/config";

export default defineConfig({
  name: "smallest",
  region: "us-west-2",
  // The ranges that you and your CI come from: here stand those that are reserved for documents.
  cluster: { endpoint: { publicFrom: ["203.0.113.0/24"] } },
  pools: { gpu: gpuPool({ gpu: "l4", maxGpus: 4 }) },
  images: { app: image({ context: "./app" }) },
});
