import assert from "node:assert/strict";
import { RequestWatch } from "../../lib/adapters/request_watch.ts";

const PACE = { first: 20, second: 60, later: 60 };

function watched() {
  const told: string[] = [];
  return { told, watch: new RequestWatch((message) => void told.push(message), PACE) };
}

const after = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

Deno.test("a request that is answered soon is not told about", async () => {
  const { told, watch } = watched();
  watch.begin("sts.us-west-2.amazonaws.com").answered();
  await after(40);
  assert.deepEqual(told, []);
});

Deno.test("a host that does not answer is told with the reason, again later, and at the end", async () => {
  const { told, watch } = watched();
  const request = watch.begin("sts.us-west-2.amazonaws.com");
  await after(40);
  request.failed("connection refused");
  await after(60);
  request.answered();
  await after(80);
  assert.equal(told[0], "waiting for sts.us-west-2.amazonaws.com");
  assert.match(told[1]!, /^no answer from sts\.us-west-2\.amazonaws\.com for \d+ s: connection refused; trying again$/);
  assert.match(told.at(-1)!, /^sts\.us-west-2\.amazonaws\.com answered after \d+ s$/);
});

Deno.test("many requests to a silent host are one silence, which ends with the last of them", async () => {
  const { told, watch } = watched();
  const requests = [watch.begin("a"), watch.begin("a"), watch.begin("b")];
  await after(40);
  requests[0]!.answered();
  assert.deepEqual(told, ["waiting for a", "waiting for b"]);
  requests[1]!.answered();
  requests[2]!.gaveUp();
  assert.deepEqual(told.slice(2).map((line) => line.slice(0, 10)), ["a answered"]);
});

Deno.test("a request that takes long by nature is silent only after an attempt failed", async () => {
  const { told, watch } = watched();
  const request = watch.begin("s3", { long: true });
  await after(40);
  assert.deepEqual(told, []);
  request.failed("reset");
  await after(40);
  assert.deepEqual(told, ["waiting for s3: reset"]);
  request.gaveUp();
});

Deno.test("the watch is idle when no request is under way", async () => {
  const { watch } = watched();
  const request = watch.begin("a");
  await after(15);
  assert.equal(watch.idleMs, 0);
  request.answered();
  request.gaveUp();
  await after(15);
  assert.ok(watch.idleMs >= 10);
});
