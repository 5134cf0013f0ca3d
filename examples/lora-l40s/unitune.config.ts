/**
 * LoRA fine-tuning of an 8B model on one L40S (48 GB), spot first: the weights in bfloat16 take 16 GB, adapters and
 * activations fit in the rest. A checkpoint every hundred steps, on a disk of its own, makes a spot interruption cost
 * minutes: the next node mounts the disk, and the run goes on from the last one.
 *
 * ```sh
 * unitune apply
 * kubectl apply -f examples/lora-l40s/train.yaml   # put in the image reference that apply printed
 * ```
 */
import { cpuPool, defineConfig, gpuPool, image } from "unitune/config";

export default defineConfig({
  name: "lora",
  region: "us-west-2",
  network: { azs: 3, nat: "single" },
  cluster: { endpoint: { publicFrom: ["203.0.113.0/24"] } },
  // Disks for claims: the checkpoints of train.yaml outlive the node that wrote them.
  storage: { ebs: true },
  pools: {
    cpu: cpuPool({ maxCpus: 64 }),
    // Any size with one L40S; a pod that asks for 8 CPUs gets a g6e.4xlarge.
    tune: gpuPool({ gpu: "l40s", gpusPerNode: 1, maxGpus: 8, capacity: ["spot", "on-demand"], disk: "500Gi" }),
  },
  images: {
    trainer: image({
      context: "./trainer",
      resources: { cpu: "4", memory: "16Gi" },
      tags: [{ name: "latest", moves: true }],
      timeout: "90m",
    }),
  },
});
