import assert from "node:assert/strict";
import { type Outcome, runSteps } from "../../lib/actions/run.ts";
import { fakeClock } from "../fakes/clock.ts";
import { recordingEmitter } from "../fakes/emitter.ts";

const step = (id: string, ...after: string[]) => ({ id, after, title: id });
const DONE: Outcome = { state: "done" };

function options(signal = new AbortController().signal, concurrency = 4) {
  return { ...recordingEmitter(), clock: fakeClock(), signal, concurrency };
}

Deno.test("steps run after all that they wait for, others at the same time", async () => {
  const order: string[] = [];
  const perform = async ({ id }: { id: string }) => {
    order.push(`>${id}`);
    await new Promise((resolve) => setTimeout(resolve, 1));
    order.push(`<${id}`);
    return DONE;
  };
  await runSteps([step("app", "base", "other"), step("base"), step("other")], perform, options());
  assert.deepEqual(order.slice(0, 2), [">base", ">other"]);
  assert.deepEqual(order.slice(-2), [">app", "<app"]);
});

Deno.test("no more steps run at once than the limit allows", async () => {
  let running = 0, most = 0;
  const perform = async () => {
    most = Math.max(most, ++running);
    await new Promise((resolve) => setTimeout(resolve, 1));
    running--;
    return DONE;
  };
  await runSteps(["a", "b", "c", "d", "e"].map((id) => step(id)), perform, options(undefined, 2));
  assert.equal(most, 2);
});

Deno.test("a step that only waits keeps no other from running", async () => {
  const order: string[] = [];
  const perform = async ({ id }: { id: string }) => {
    while (id.startsWith("wait") && !order.includes("c")) await new Promise((resolve) => setTimeout(resolve, 1));
    order.push(id);
    return DONE;
  };
  const waits = ["wait-1", "wait-2"].map((id) => ({ ...step(id), idle: true }));
  await runSteps([...waits, step("a"), step("b", "a"), step("c", "b")], perform, options(undefined, 1));
  assert.deepEqual(order.slice(0, 3), ["a", "b", "c"]);
});

Deno.test("a failed step skips what comes after it, by name, and nothing else", async () => {
  const perform = ({ id }: { id: string }) => id === "base" ? Promise.reject(new Error("no")) : Promise.resolve(DONE);
  const results = await runSteps(
    [step("base"), step("app", "base"), step("web", "app"), step("other")],
    perform,
    options(),
  );
  assert.deepEqual(results.map(({ id, state, detail }) => [id, state, detail]), [
    ["base", "failed", "no"],
    ["app", "skipped", "base failed"],
    ["web", "skipped", "app skipped"],
    ["other", "done", undefined],
  ]);
});

Deno.test("an interrupt lets running steps settle and starts no other", async () => {
  const controller = new AbortController();
  const perform = () => {
    controller.abort();
    return Promise.reject(controller.signal.reason);
  };
  const results = await runSteps([step("a"), step("b", "a"), step("c", "b")], perform, options(controller.signal));
  assert.deepEqual(results.map(({ state }) => state), ["cancelled", "cancelled", "cancelled"]);
});

Deno.test("steps that wait for each other are an error, not an endless wait", async () => {
  await assert.rejects(
    runSteps([step("a", "b"), step("b", "a")], () => Promise.resolve(DONE), options()),
    /wait for each other/,
  );
});

Deno.test("every step tells its start and its end", async () => {
  const run = options();
  await runSteps([step("a")], () => Promise.resolve({ state: "unchanged", detail: "as it was" }), run);
  assert.deepEqual(run.events.map(({ type }) => type), ["start", "end"]);
});
