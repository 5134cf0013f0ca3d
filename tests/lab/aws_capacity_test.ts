/** Reservations and keys against an emulator: what the ports read, and what is refused before anything is created. */
import assert from "node:assert/strict";
import * as kms from "@aws-sdk/client-kms";
import * as aws from "../../lib/adapters/aws/mod.ts";
import { ebsKey } from "../../lib/checks/ebs_key.ts";
import { reservations } from "../../lib/checks/reservations.ts";
import type { CheckInput } from "../../lib/checks/check.ts";
import type { CapacityReservation } from "../../lib/core/ports.ts";
import type { Config, GpuPool } from "../../lib/plan/types.ts";
import { openPorts } from "../../lib/project/ports.ts";
import { capacityContract, OWN, RESERVATIONS } from "../adapters/aws/capacity_contract.ts";
import { train } from "../cluster/samples.ts";
import { ownNetwork, smallest } from "../infra/config.ts";
import { useEmulator } from "./aws/adapters.ts";
import { contract, region } from "./aws/contract.ts";

const emulator = contract(OWN, 4640, 15320);
const { client } = emulator;
useEmulator(emulator);

async function declare(declared: readonly { is: CapacityReservation; tags?: Record<string, string> }[]): Promise<void> {
  const date = (at: number | null) => at === null ? "" : new Date(at).toISOString();
  const body = declared.map(({ is, tags = {} }) => ({
    id: is.id,
    ownerId: is.owner,
    state: is.state,
    instanceType: is.instanceType,
    availabilityZoneId: is.zoneId,
    reservationType: is.block ? "capacity-block" : "default",
    instanceMatchCriteria: is.open ? "open" : "targeted",
    totalInstanceCount: is.instances,
    availableInstanceCount: is.free,
    startDate: date(is.startsAt),
    endDate: date(is.endsAt),
    tags,
  }));
  assert.deepEqual(await emulator.lab("PUT", "reservations", { region, reservations: body }), {});
}

Deno.test.beforeAll(() => declare(RESERVATIONS));

capacityContract("the SDK's adapter", () => aws.capacity(aws.clients({ region })));

async function context(config: Config): Promise<CheckInput> {
  const ports = await openPorts({ config, profile: undefined, note: () => {} });
  return {
    config,
    ports,
    identity: await ports.identity.caller(),
    cluster: null,
    bucket: null,
    kubernetes: null,
    steps: [],
    stacks: [],
  };
}

Deno.test("a Capacity Block in a fourth zone is refused with the way to it, and taken once the network has the zone", async () => {
  const bought = { ...RESERVATIONS[1]!.is, id: "cr-00000000000000004", state: "active", zoneId: "usw2-az4" };
  await declare([{ is: bought }]);
  const pool: GpuPool = { ...train, zones: [], reservation: { ids: [bought.id] } };
  const told = async (extraZones: string[]) => {
    const config = smallest({ network: { ...ownNetwork(), extraZones }, pools: [pool] });
    return (await reservations.run(await context(config))).filter(({ severity }) => severity === "error");
  };
  const [refused] = await told([]);
  assert.match(refused!.message, /cr-00000000000000004 is in us-west-2d \(usw2-az4\), which has no subnet for nodes/);
  assert.equal(refused!.hint, 'write network: { extraZones: ["usw2-az4"] }');
  assert.deepEqual(await told(["usw2-az4"]), []);
  await declare(RESERVATIONS);
});

Deno.test("a key of KMS is read as KMS has it: policy, grants, state", async () => {
  const keys = new kms.KMSClient(client), { KeyMetadata } = await keys.send(new kms.CreateKeyCommand({}));
  const { Arn: arn, KeyId } = KeyMetadata as { Arn: string; KeyId: string };
  const told = async () => {
    const found = await ebsKey.run(await context(smallest({ ebsKey: arn })));
    return found.map(({ severity, message }) => `${severity} ${message.split(":")[0]}`);
  };
  // The policy that a key has of itself names the account's root: not the role of Auto Scaling.
  assert.deepEqual(await told(), [
    "error must be usable by AWSServiceRoleForAutoScaling, which launches the system nodes",
  ]);
  const GranteePrincipal =
    `arn:aws:iam::${OWN}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling`;
  await keys.send(new kms.CreateGrantCommand({ KeyId, GranteePrincipal, Operations: ["CreateGrant", "Decrypt"] }));
  assert.deepEqual(await told(), []);
  await keys.send(new kms.DisableKeyCommand({ KeyId }));
  assert.deepEqual(await told(), ["error must be enabled, or nodes cannot have volumes"]);
  const port = aws.keys(aws.clients({ region }));
  assert.equal(await port.key(arn.replace(/[^/]+$/, "01234567-89ab-cdef-0123-456789abcdef")), null);
});
