/** Before pools are created: does EC2 offer their GPUs in the zones of their nodes? */
import { coded, type Finding } from "../core/findings.ts";
import { isZoneId } from "../core/zones.ts";
import { gpuTypes, offeringProblems } from "../plan/gpu_offerings.ts";
import { type Check, type CheckInput, Reader } from "./check.ts";

const CODE = "GPU_OFFERING";

/** Warns only: EC2 may offer a type later, or only to accounts that reserved it. */
export const gpuOfferings: Check = {
  code: CODE,
  of: ["pools"],
  refusal: (name) => `Cannot create the pools of ${name} with the GPUs that they name`,
  run: checkOfferings,
};

async function checkOfferings({ config, ports }: CheckInput): Promise<Finding[]> {
  const reader = new Reader(CODE), types = gpuTypes(config);
  if (types.length === 0) return [];
  const what = "whether EC2 offers the GPUs of the pools in their zones";
  // Zone ids need no lookup.
  const named = config.pools.some(({ kind, zones }) => kind === "gpu" && !zones.every(isZoneId));
  const names = "which zones the zone names of the pools stand for";
  const [offerings, zones] = await Promise.all([
    reader.read("ec2:DescribeInstanceTypeOfferings", what, () => ports.network.offerings(types)),
    named ? reader.read("ec2:DescribeAvailabilityZones", names, () => ports.network.zones()) : null,
  ]);
  const problems = offerings ? offeringProblems(config, { offerings, zones }) : [];
  return [...coded(CODE, problems.map((one) => ({ severity: "warning", ...one }))), ...reader.notes];
}
