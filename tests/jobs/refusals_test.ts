/**
 * EC2's words as Karpenter hands them on: the event of a NodeClaim begins with its name, the errors of the fleet are
 * joined by `; `, and all of it is cut at 300 characters. EC2's own sentences are those that operators have reported.
 */
import assert from "node:assert/strict";
import { type Asked, launchFailure, refusalOf } from "../../lib/jobs/refusals.ts";

const asked: Asked = { region: "us-west-2", capacity: ["on-demand"], types: ["c", "m", "r"] };
const HEAD = "NodeClaim builder-x2x4z event: creating instance, insufficient capacity, with fleet error(s), ";
const TAIL = " (aws-error-code=UnfulfillableCapacity, aws-operation-name=CreateFleet)";

const none = (type: string, zone: string) =>
  `InsufficientInstanceCapacity: We currently do not have sufficient ${type} capacity in the Availability Zone you ` +
  `requested (${zone}). Our system will be working on provisioning additional capacity.`;

Deno.test("an instance type without capacity is told with its zone and capacity type", () => {
  const why = refusalOf(`${HEAD}${none("g6e.xlarge", "us-west-2a")}${TAIL}`, asked);
  assert.equal(why.text, "EC2 has no g6e.xlarge on-demand in us-west-2a (InsufficientInstanceCapacity)");
  assert.match(why.hint, /more instance types, zones or capacity types/);
});

Deno.test("several types and zones are listed, a long list and a message that was cut say that there are more", () => {
  const two = `${HEAD}${none("c6i.large", "us-west-2b")}; ${none("m6i.large", "us-west-2a")}`;
  assert.match(
    refusalOf(two, asked).text,
    /^EC2 has no c6i\.large or m6i\.large on-demand in us-west-2a and us-west-2b/,
  );
  assert.match(refusalOf(`${two}; Insuffici...`, asked).text, /in us-west-2a and us-west-2b, among others \(/);
  const five = ["a", "b", "c", "d", "e"].map((size) => none(`${size}.large`, "z")).join("; ");
  assert.match(refusalOf(HEAD + five, asked).text, /no a\.large, b\.large, c\.large or others on-demand in z/);
});

Deno.test("where a pool may have spot and on-demand, neither is named", () => {
  const both = { ...asked, capacity: ["spot", "on-demand"] };
  assert.match(refusalOf(HEAD + none("c6i.large", "z"), both).text, /^EC2 has no c6i\.large in z/);
});

Deno.test("a quota of 0 is told with its name, its value and where to ask for more", () => {
  const vcpus =
    "VcpuLimitExceeded: You have requested more vCPU capacity than your current vCPU limit of 0 allows for " +
    "the instance bucket that the specified instance type belongs to.";
  assert.deepEqual(refusalOf(`${HEAD}${vcpus}${TAIL}`, asked), {
    text:
      'the account\'s quota "Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances" is 0 vCPUs, which is too ' +
      "little (VcpuLimitExceeded)",
    hint:
      "Request an increase at https://us-west-2.console.aws.amazon.com/servicequotas/home/services/ec2/quotas/L-1216C47A",
  });
  const gpu = refusalOf(HEAD + vcpus, { ...asked, region: "cn-north-1", types: ["g6e.xlarge"] });
  assert.match(gpu.text, /"Running On-Demand G and VT instances" is 0 vCPUs/);
  assert.match(gpu.hint, /cn-north-1\.console\.amazonaws\.cn\/.*L-DB2E81BA$/);
  const mixed = refusalOf(HEAD + vcpus, { ...asked, types: ["g", "c"] });
  assert.match(mixed.text, /^the account's quota is 0 vCPUs/);
});

Deno.test("a spot quota is another one, and on-demand a way out", () => {
  const spot = refusalOf(`${HEAD}MaxSpotInstanceCountExceeded: Max spot instance count exceeded`, asked);
  assert.match(spot.text, /quota of spot instances "All Standard .* Spot Instance Requests" is used up/);
  assert.match(spot.hint, /L-34B43A08, or allow on-demand$/);
});

Deno.test("of several errors the quota is told first, each with its code", () => {
  const both = refusalOf(`${HEAD}${none("c6i.large", "z")}; MaxFleetCountExceeded: You've reached your quota`, asked);
  assert.match(
    both.text,
    /^the account's quota of EC2 fleet requests is used up \(MaxFleetCountExceeded\); EC2 has no/,
  );
});

Deno.test("every other code of EC2 that means no capacity is told in words", () => {
  const cases: Record<string, RegExp> = {
    "UnfulfillableCapacity: Unable to fulfill capacity due to your request configuration.": /no capacity for this now/,
    "InsufficientFreeAddressesInSubnet: no free": /the subnets have no free addresses/,
    "Unsupported: Your requested instance type (p5.48xlarge) is not supported in your requested Availability Zone (z).":
      /does not offer this here: .*p5\.48xlarge/,
    "SpotMaxPriceTooLow: too low": /costs more than the limit/,
    "ReservationCapacityExceeded: full": /reservation is used up/,
    "InvalidCapacityReservationState.Unavailable: gone": /reservation is not available/,
    "AuthFailure.ServiceLinkedRoleCreationNotPermitted: no": /no service-linked role for spot/,
  };
  for (const [message, text] of Object.entries(cases)) {
    const why = refusalOf(HEAD + message, asked), code = message.split(": ")[0]!;
    assert.match(why.text, text, message);
    assert.ok(why.text.endsWith(`(${code})`), why.text);
    assert.notEqual(why.hint, "", message);
  }
});

Deno.test("a refusal without a code of EC2 is told as Karpenter tells it", () => {
  const cached =
    "NodeClaim builder-x event: creating instance, insufficient capacity, all requested instance types were unavailable during launch";
  assert.equal(refusalOf(cached, asked).text, "all requested instance types were refused by EC2 a moment ago");
});

Deno.test("a launch that failed for another reason is told with Karpenter's reason and a next step where there is one", () => {
  const message =
    "Error creating fleet request: User is not authorized to perform this operation due to a permission boundary";
  const why = launchFailure("Unauthorized", message, asked);
  assert.equal(why.text, `the launch failed: ${message} (Unauthorized)`);
  assert.match(why.hint, /Karpenter's role, its boundary/);
  for (
    const reason of [
      "SpotSLRCreationFailed",
      "VCPULimitExceeded",
      "SpotQuotaExceeded",
      "FleetQuotaExceeded",
      "AccountPendingVerification",
      "InsufficientFreeAddressesInSubnet",
      "AMINotFound",
      "UserDataSizeLimitExceeded",
    ]
  ) assert.notEqual(launchFailure(reason, "", asked).hint, "", reason);
  assert.equal(launchFailure("InternalError", "An internal error has occurred", asked).hint, "");
});

Deno.test("a cause has one next step, whether EC2 tells it by its code or Karpenter by a reason", () => {
  const same = {
    VcpuLimitExceeded: "VCPULimitExceeded",
    MaxSpotInstanceCountExceeded: "SpotQuotaExceeded",
    MaxFleetCountExceeded: "FleetQuotaExceeded",
    InsufficientFreeAddressesInSubnet: "InsufficientFreeAddressesInSubnet",
    "AuthFailure.ServiceLinkedRoleCreationNotPermitted": "SpotSLRCreationFailed",
  };
  for (const [code, reason] of Object.entries(same)) {
    assert.equal(launchFailure(reason, "", asked).hint, refusalOf(`${HEAD}${code}: no`, asked).hint, code);
  }
});
