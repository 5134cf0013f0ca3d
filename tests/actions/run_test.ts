import assert from "node:assert/strict";
import { type Outcome, runSteps, type Step } from "../../lib/actions/run.ts";
import { fakeClock } from "../fakes/clock.ts";
import { recordingEmitter } from "../fakes/emitter.ts";

interface Work extends Step {
  readonly kind: "work" | "wait";
}

const step = (id: string, ...after: string[]): Work => ({ kind: "work", id, after });
const DONE: Outcome = { state: "done" };

function options(signal = new AbortController().signal) {
  return { ...recordingEmitter(), clock: fakeClock(), signal };
}

type Perform = (step: Work) => Promise<Outcome>;

function run(steps: readonly Work[], perform: Perform, given = options(), limit = 4) {
  const title = ({ id }: Work) => `title of ${id}`;
  return runSteps(steps, { work: { title, perform, limit }, wait: { title, perform } }, undefined, given);
}

Deno.test("steps run after all that they wait for, others at the same time", async () => {
  const order: string[] = [];
  const perform = async ({ id }: { id: string }) => {
    order.push(`>${id}`);
    await new Promise((resolve) => setTimeout(resolve, 1));
    order.push(`<${id}`);
    return DONE;
  };
  await run([step("app", "base", "other"), step("base"), step("other")], perform);
  assert.deepEqual(order.slice(0, 2), [">base", ">other"]);
  assert.deepEqual(order.slice(-2), [">app", "<app"]);
});

Deno.test("no more steps of a kind run at once than its limit allows", async () => {
  let running = 0, most = 0;
  const perform = async () => {
    most = Math.max(most, ++running);
    await new Promise((resolve) => setTimeout(resolve, 1));
    running--;
    return DONE;
  };
  await run(["a", "b", "c", "d", "e"].map((id) => step(id)), perform, options(), 2);
  assert.equal(most, 2);
});

Deno.test("steps of a kind without a limit keep no others from running", async () => {
  const order: string[] = [];
  const perform = async ({ id }: { id: string }) => {
    while (id.startsWith("wait") && !order.includes("c")) await new Promise((resolve) => setTimeout(resolve, 1));
    order.push(id);
    return DONE;
  };
  const waits = ["wait-1", "wait-2"].map((id): Work => ({ ...step(id), kind: "wait" }));
  await run([...waits, step("a"), step("b", "a"), step("c", "b")], perform, options(), 1);
  assert.deepEqual(order.slice(0, 3), ["a", "b", "c"]);
});

Deno.test("a failed step skips what comes after it, by name, and nothing else", async () => {
  const perform = ({ id }: { id: string }) => id === "base" ? Promise.reject(new Error("no")) : Promise.resolve(DONE);
  const results = await run([step("base"), step("app", "base"), step("web", "app"), step("other")], perform);
  assert.deepEqual(results.map(({ id, state, detail }) => [id, state, detail]), [
    ["base", "failed", "no"],
    ["app", "skipped", "base failed"],
    ["web", "skipped", "app skipped"],
    ["other", "done", undefined],
  ]);
});

Deno.test("a step that failed and did enough for those after it is reported as failed, and skips nothing", async () => {
  const untagged = new Error("the tag is taken");
  const perform = ({ id }: { id: string }) =>
    Promise.resolve(id === "base" ? { state: "failed", error: untagged } as const : DONE);
  const results = await run([step("base"), step("app", "base")], perform);
  assert.deepEqual(results.map(({ id, state, detail, error }) => [id, state, detail, error]), [
    ["base", "failed", "the tag is taken", untagged],
    ["app", "done", undefined, undefined],
  ]);
});

Deno.test("an interrupt lets running steps settle and starts no other", async () => {
  const controller = new AbortController();
  const perform = () => {
    controller.abort();
    return Promise.reject(controller.signal.reason);
  };
  const results = await run([step("a"), step("b", "a"), step("c", "b")], perform, options(controller.signal));
  assert.deepEqual(results.map(({ state }) => state), ["cancelled", "cancelled", "cancelled"]);
});

Deno.test("steps that wait for each other are an error, not an endless wait", async () => {
  const steps = [step("a", "b"), step("b", "a"), step("c")];
  await assert.rejects(run(steps, () => Promise.resolve(DONE)), /a, b wait for each other/);
});

Deno.test("every step tells its start, with its title, and its end", async () => {
  const given = options();
  await run([step("a")], () => Promise.resolve({ state: "unchanged", detail: "as it was" }), given);
  assert.deepEqual(given.events.map(({ type }) => type), ["start", "end"]);
  assert.ok(given.events.some((event) => event.type === "start" && event.title === "title of a"));
});

Deno.test("a step that has nothing to do is told as unchanged in its place, and not performed", async () => {
  const performed: string[] = [];
  const perform = ({ id }: Work) => (performed.push(id), Promise.resolve(DONE));
  const results = await run([step("a"), step("b", "a")], perform, {
    ...options(),
    isSettled: ({ id }: Work) => id === "a",
  } as ReturnType<typeof options>);
  assert.deepEqual(results.map(({ id, state }) => `${id} ${state}`), ["a unchanged", "b done"]);
  assert.deepEqual(performed, ["b"]);
});

Deno.test("a step gets a task of its own: its id, the story and the signal", async () => {
  const given = options(), ids: string[] = [];
  await runSteps(
    [step("a"), step("b")],
    {
      work: {
        title: ({ id }) => id,
        perform: (_step, context: string, { id, emit, signal }) => {
          ids.push(`${context} ${id}`);
          assert.equal(signal, given.signal);
          emit({ type: "progress", id, message: "halfway" });
          return Promise.resolve(DONE);
        },
      },
      wait: { title: () => "", perform: () => assert.fail("no step waits") },
    },
    "context",
    given,
  );
  assert.deepEqual(ids, ["context a", "context b"]);
  assert.equal(given.events.filter(({ type }) => type === "progress").length, 2);
});
