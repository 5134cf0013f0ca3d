/** Hostile configs through the library, each in a project of its own: what they reach, and what is told of them. */
import assert from "node:assert/strict";
import { loadConfig } from "../../../lib/adapters/config/load.ts";
import { isUnituneError } from "../../../lib/core/errors.ts";
import { HOSTILE, type Hostile, makeBed } from "./hostile/mod.ts";

/** Until an endless one is given up; the others need a fraction. */
const LIMIT_MS = 400, ENOUGH_MS = 10_000;

Deno.test("there are 80 hostile configs or more, of 20 kinds or more, and no two have one name", () => {
  const names = HOSTILE.map(({ kind, name }) => `${kind}: ${name}`);
  assert.equal(new Set(names).size, names.length);
  assert.ok(HOSTILE.filter(({ isEndless }) => !isEndless).length >= 80);
  assert.ok(new Set(HOSTILE.map(({ kind }) => kind)).size >= 20);
});

for (const hostile of HOSTILE) {
  Deno.test(`${hostile.kind}: ${hostile.name} reaches nothing through the library`, () => holds(hostile));
}

async function holds(hostile: Hostile): Promise<void> {
  await using bed = await makeBed();
  await bed.put(hostile);
  const logged: string[] = [], started = performance.now(), timeoutMs = hostile.isEndless ? LIMIT_MS : ENOUGH_MS;
  Deno.env.set(bed.variable, bed.canary);
  const result = await loadConfig({ cwd: bed.root, env: {}, timeoutMs, log: (line) => logged.push(line) })
    .catch((error: unknown) => error)
    .finally(() => Deno.env.delete(bed.variable));
  const spent = performance.now() - started;
  const told = isUnituneError(result)
    ? [result.message, result.path, result.hint, ...result.lines].join("\n")
    : result instanceof Error
    ? assert.fail(`crashed: ${result.stack}`)
    : JSON.stringify(result, (key, value) => key === "plain" ? undefined : value);
  if (hostile.says === null) assert.ok(!isUnituneError(result), told);
  else {
    assert.ok(isUnituneError(result) && result.exit === 3, told);
    assert.match(told, hostile.says);
  }
  assert.ok(!`${told}${logged.join("\n")}`.includes(bed.canary), "the canary was read");
  assert.deepEqual(await bed.leaks(), []);
  assert.equal(bed.connections(), 0);
  assert.ok(logged.length <= 201 && logged.every((line) => line.length <= 2001), "the log floods");
  assert.ok(spent < timeoutMs + 8_000, `took ${spent} ms`);
}
