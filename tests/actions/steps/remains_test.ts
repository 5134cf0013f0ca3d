/** What the stacks leave in the account: deleted until nothing of it is found. */
import assert from "node:assert/strict";
import { deleteLeftovers, requireEmptyVpc } from "../../../lib/actions/steps/remains.ts";
import type { Occupant } from "../../../lib/core/network_ports.ts";
import type { Leftover } from "../../../lib/core/ports.ts";
import { recordingEmitter } from "../../fakes/emitter.ts";
import { fakeOperation } from "../../fakes/operation.ts";
import { smallest } from "../../infra/config.ts";

const GROUP: Leftover = { kind: "security group", id: "sg-1" }, BALANCER: Leftover = { kind: "load balancer", id: "b" };

/** An account whose load balancer takes `seconds` to go, and holds its group until then. */
function account(seconds: number) {
  const removed: string[] = [], { clock } = fakeOperation(smallest(), {}).ports;
  let deletedAt = Infinity, hasGroup = true;
  const isGone = () => clock.now() >= deletedAt + seconds * 1000;
  const operation = fakeOperation(smallest(), {
    clock,
    leftovers: {
      find: () => Promise.resolve([...isGone() ? [] : [BALANCER], ...hasGroup ? [GROUP] : []]),
      remove: ({ id }) => {
        removed.push(id);
        if (id === "b") deletedAt = clock.now();
        else if (!isGone()) return Promise.resolve(false);
        else hasGroup = false;
        return Promise.resolve(true);
      },
    },
  });
  const { emit, events } = recordingEmitter();
  const task = { id: "leftovers", emit, signal: new AbortController().signal };
  const told = () => events.flatMap((event) => "message" in event ? [`${event.type}: ${event.message}`] : []);
  return { operation, task, removed, told };
}

Deno.test("a group is deleted once its load balancer has released it, and the wait says what is left", async () => {
  const { operation, task, removed, told } = account(25);
  const outcome = await deleteLeftovers(operation, task);
  assert.deepEqual(outcome, { state: "done", detail: "load balancer b, security group sg-1" });
  assert.equal(removed.filter((id) => id === "b").length, 1, "a load balancer that is going is not deleted again");
  assert.ok(told().every((line) => line.startsWith("progress: waiting for AWS to delete ")), told().join("\n"));
  assert.ok(told().length >= 1);
});

Deno.test("what does not go within five minutes is named, and does not hold the stacks", async () => {
  const { operation, task, told } = account(100_000);
  const outcome = await deleteLeftovers(operation, task);
  assert.equal(outcome.detail, "load balancer b");
  assert.equal(told().at(-1), "warning: going on although AWS still has load balancer b, security group sg-1");
});

Deno.test("a VPC is deleted once it is empty; what others have in it is named with its command", async () => {
  const endpoint: Occupant = { kind: "VPC endpoint", id: "vpce-1", about: "com.amazonaws.us-west-2.guardduty-data" };
  const occupied = (until: number) => {
    const { clock } = fakeOperation(smallest(), {}).ports;
    const occupants = () => Promise.resolve(clock.now() < until ? [endpoint] : []);
    return fakeOperation(smallest(), { clock, network: { occupants } });
  };
  const { emit } = recordingEmitter(), task = { id: "occupants", emit, signal: new AbortController().signal };
  assert.equal((await requireEmptyVpc(occupied(0), task)).state, "unchanged");
  assert.equal((await requireEmptyVpc(occupied(60_000), task)).state, "done");
  await assert.rejects(requireEmptyVpc(occupied(Infinity), task), {
    code: "VPC_OCCUPIED",
    lines: [
      "VPC endpoint vpce-1 (com.amazonaws.us-west-2.guardduty-data): " +
      "aws ec2 delete-vpc-endpoints --vpc-endpoint-ids vpce-1 --region us-west-2",
    ],
  });
});
