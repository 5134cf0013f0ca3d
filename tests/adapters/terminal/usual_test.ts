/** How long steps usually take. */
import assert from "node:assert/strict";
import { UsualTimes } from "../../../lib/adapters/terminal/usual.ts";

async function file(): Promise<string> {
  return `${await Deno.makeTempDir({ prefix: "unitune-usual-" })}/cache/times.json`;
}

Deno.test("the usual time is the median of the last five runs, in a later process too", async () => {
  const at = await file(), times = new UsualTimes(at);
  assert.equal(times.of("stacks"), undefined);
  for (const seconds of [9000, 10, 700, 20.4, 30, 40]) times.note("stacks", seconds);
  assert.equal(new UsualTimes(at).of("stacks"), 30);
  assert.equal((await Deno.stat(at)).mode! & 0o777, 0o600);
});

Deno.test("what ends at once is not remembered, nor more than 500 steps", async () => {
  const at = await file(), times = new UsualTimes(at);
  times.note("short", 4);
  for (let step = 0; step < 505; step++) times.note(`step ${step}`, 10);
  const stored = JSON.parse(await Deno.readTextFile(at));
  assert.equal(Object.keys(stored).length, 500);
  assert.deepEqual([times.of("short"), new UsualTimes(at).of("step 4"), new UsualTimes(at).of("step 5")], [
    undefined,
    undefined,
    10,
  ]);
});

Deno.test("a file that cannot be read or written is no file", async () => {
  const at = await file(), blocked = `${await Deno.makeTempFile()}/times.json`;
  await Deno.mkdir(at.slice(0, at.lastIndexOf("/")));
  for (const text of ["{", "[]", "null", `{"stacks": "10", "b": [null]}`]) {
    await Deno.writeTextFile(at, text);
    assert.equal(new UsualTimes(at).of("stacks"), undefined);
  }
  new UsualTimes(blocked).note("stacks", 10);
  assert.equal(new UsualTimes(blocked).of("stacks"), undefined);
});
