/** The lock of a run over S3's conditional writes, as two runs on two machines see it. */
import assert from "node:assert/strict";
import { CreateBucketCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { clients } from "../../lib/adapters/aws/clients.ts";
import { lock } from "../../lib/adapters/aws/lock.ts";
import type { HeldLock } from "../../lib/core/ports.ts";
import { type Emulator, startEmulator } from "./aws/emulator.ts";
import { NEVER } from "./aws/stack_bed.ts";

const account = "210000000062", port = 4662, region = "us-west-2";
const Bucket = `cdk-hnb659fds-assets-${account}-${region}`;
/** S3's times are whole seconds. */
const TIMES = { renewMs: 300, staleMs: 2500 };
const ENVIRONMENT = {
  AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
  AWS_ACCESS_KEY_ID: "test",
  AWS_SECRET_ACCESS_KEY: "test",
  AWS_EC2_METADATA_DISABLED: "true",
};

let emulator: Emulator;

Deno.test.beforeAll(async () => {
  emulator = await startEmulator({ account, port });
  for (const [name, value] of Object.entries(ENVIRONMENT)) Deno.env.set(name, value);
});

Deno.test.afterAll(async () => {
  await emulator.stop();
  for (const name of Object.keys(ENVIRONMENT)) Deno.env.delete(name);
});

const after = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

function acquire(holder: string, name = "acme", times = TIMES): Promise<HeldLock | null> {
  const warn = (message: string) => assert.fail(message);
  const locks = lock(clients({ region }), () => Promise.resolve(account), times);
  return locks.acquire({ name, holder, signal: NEVER, warn });
}

async function objects(): Promise<string[]> {
  const { Contents = [] } = await new S3Client({ region }).send(new ListObjectsV2Command({ Bucket }));
  return Contents.map(({ Key }) => Key!);
}

Deno.test("before the first bootstrap there is no place for a lock", async () => {
  assert.equal(await acquire("apply by a"), null);
  await new S3Client({ region }).send(
    new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: region } }),
  );
});

Deno.test("the second run is refused with the name of the first, also after a while, and is free to go at its end", async () => {
  const held = await acquire("apply by alice@laptop");
  await after(TIMES.staleMs + 500);
  await assert.rejects(acquire("destroy by bob@ci"), (error: { code: string; message: string; hint: string }) => {
    assert.equal(error.code, "LOCKED");
    assert.equal(error.message, "Cannot destroy acme as another run changes it: apply by alice@laptop");
    assert.match(error.hint, /alive \d s ago/);
    return true;
  });
  const other = await acquire("apply by bob@ci", "other");
  await other!.release();
  await held!.release();
  assert.deepEqual(await objects(), []);
  await (await acquire("destroy by bob@ci"))!.release();
});

Deno.test("of ten runs at once one gets the lock", async () => {
  const runs = await Promise.allSettled(Array.from({ length: 10 }, (_, at) => acquire(`apply by ${at}`)));
  const held = runs.flatMap((run) => run.status === "fulfilled" ? run.value! : []);
  assert.equal(held.length, 1);
  await held[0]!.release();
});

Deno.test("the lock of a holder that died is free when it is stale, and the dead one notices when it wakes up", async () => {
  const asleep = await acquire("apply by dead@host", "acme", { renewMs: 5000, staleMs: 2500 });
  await assert.rejects(acquire("apply by next"), { code: "LOCKED" });
  await after(TIMES.staleMs + 1000);
  const next = await acquire("apply by next");
  assert.ok(next);
  await after(2500);
  assert.equal(asleep!.lost.aborted, true);
  await asleep!.release();
  assert.deepEqual(await objects(), ["unitune/locks/acme.json"], "it is the other's lock now");
  await next.release();
});
