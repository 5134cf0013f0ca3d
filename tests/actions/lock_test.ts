import assert from "node:assert/strict";
import { applyPlan } from "../../lib/actions/apply.ts";
import { RunLock } from "../../lib/actions/lock.ts";
import { UnituneError } from "../../lib/core/errors.ts";
import type { HeldLock, LockPort } from "../../lib/core/ports.ts";
import { makePlan } from "../../lib/plan/changes.ts";
import { SETTLED } from "../fakes/observed.ts";
import { fakeOperation } from "../fakes/operation.ts";
import { smallest } from "../infra/config.ts";

const config = smallest();

function heldLock() {
  const lost = new AbortController(), counts = { released: 0 };
  const held: HeldLock = {
    lost: lost.signal,
    release: () => {
      counts.released++;
      return Promise.resolve();
    },
  };
  return { held, lost, counts };
}

const locked = (acquire: LockPort["acquire"]) => fakeOperation(config, { lock: { acquire } });

Deno.test("a lock is taken once, tells who holds it, and is released once", async () => {
  const { held, counts } = heldLock(), holders: string[] = [];
  const lock = new RunLock(
    locked(({ holder }) => {
      holders.push(holder);
      return Promise.resolve(held);
    }),
    "destroy",
  );
  await lock.take();
  await lock.take();
  await lock.release();
  await lock.release();
  assert.deepEqual([holders, counts.released], [["destroy by somebody@somewhere"], 1]);
});

Deno.test("before the first bootstrap no lock is held, and it is taken after that", async () => {
  const { held } = heldLock(), answers = [null, held];
  const lock = new RunLock(locked(() => Promise.resolve(answers.shift()!)), "apply");
  await lock.take();
  await lock.take();
  assert.equal(answers.length, 0);
});

Deno.test("a run whose lock another has taken over stops", async () => {
  const { held, lost } = heldLock(), operation = locked(() => Promise.resolve(held));
  const lock = new RunLock(operation, "apply");
  await lock.take();
  lost.abort();
  assert.equal(lock.signal.aborted, true);
  assert.match(JSON.stringify(operation.events), /another run has taken over the lock/);
});

Deno.test("without the right to lock a run goes on, and says what that means", async () => {
  const operation = locked(() => Promise.reject(new UnituneError("AWS_DENIED", "no s3:PutObject")));
  await new RunLock(operation, "apply").take();
  assert.match(JSON.stringify(operation.events), /two runs at the same time are not kept apart: no s3:PutObject/);
});

Deno.test("an apply that changes something is refused while another holds the lock; one that changes nothing is not", async () => {
  const taken = new UnituneError("LOCKED", "taken"), operation = locked(() => Promise.reject(taken));
  const planned = (over: Partial<typeof SETTLED>) => {
    return makePlan({ config, builds: [], observed: { ...SETTLED, ...over }, only: ["infra"] });
  };
  await assert.rejects(applyPlan(operation, planned({ charts: "update" })), { code: "LOCKED" });
  const { results } = await applyPlan(operation, planned({}));
  assert.ok(results.every(({ state }) => state === "unchanged"));
});
