/**
 * Training over several nodes with eight H100 each: capacity that was reserved (here by its tags, so that a renewed
 * reservation needs no change), then on demand; the Elastic Fabric Adapter between nodes; all in the reservation's zone.
 *
 * ```sh
 * unitune plan --offline -c examples/multi-node-h100/unitune.config.ts
 * kubectl apply -f examples/multi-node-h100/train.yaml
 * ```
 */
import { cpuPool, defineConfig, gpuPool, image } from "unitune/config";

export default defineConfig({
  name: "pretrain",
  region: "us-east-2",
  cluster: { endpoint: { publicFrom: ["203.0.113.0/24"] } },
  pools: {
    cpu: cpuPool({ maxCpus: 128 }),
    train: gpuPool({
      gpu: "h100",
      gpusPerNode: 8,
      maxGpus: 64,
      capacity: ["reserved", "on-demand"],
      reservation: { tags: { team: "research" } },
      // The reservation's: EFA does not cross zones, and other traffic between them is slow, and paid for.
      zones: ["us-east-2a"],
      efa: true,
      disk: "2Ti",
      // A drained node lets its run write a last checkpoint.
      terminationGracePeriod: "1h",
    }),
  },
  images: {
    trainer: image({ context: "./trainer", resources: { cpu: "8", memory: "32Gi" }, timeout: "2h" }),
  },
});
