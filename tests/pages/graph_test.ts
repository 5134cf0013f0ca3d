/** The picture of the steps. */
import assert from "node:assert/strict";
import { graph, type Node } from "../../lib/pages/graph.ts";
import { markup } from "../../lib/pages/html.ts";

const node = (id: string, ...after: string[]): Node => ({ id, title: `step ${id}`, word: "create", after });

Deno.test("a line that goes round another step is left out", () => {
  const nodes = [node("a"), node("b", "a"), node("c", "a", "b", "gone"), node("d", "a", "c")];
  assert.equal([...graph(nodes, markup``).text.matchAll(/<path /g)].length, 3);
});

function boxes(picture: string): Record<string, readonly [number, number]> {
  const found = picture.matchAll(/<title>step (\w+):[^<]*<\/title>\n<rect class="good" x="([\d.]+)" y="([\d.]+)"/g);
  return Object.fromEntries([...found].map(([, id, x, y]) => [id, [Number(x), Number(y)]]));
}

Deno.test("a step is below those that it waits for, in whatever order they come", () => {
  const at = boxes(graph([node("c", "b"), node("a"), node("b", "a"), node("d", "a")], markup``).text);
  assert.ok(at.a![1] < at.b![1] && at.b![1] < at.c![1]);
  assert.equal(at.b![1], at.d![1]);
  assert.notEqual(at.b![0], at.d![0]);
});

Deno.test("many steps of one layer stand in several rows, within the width of a page", () => {
  const { text } = graph(Array.from({ length: 12 }, (_, at) => node(`n${at}`)), markup``);
  assert.ok(Number(/svg [^>]*width="(\d+)"/.exec(text)![1]) < 1300);
  const at = boxes(text), places = new Set(Object.values(at).map(String));
  assert.equal(places.size, 12);
  assert.equal(new Set(Object.values(at).map(([, y]) => y)).size, 3);
});

Deno.test("a long title is cut in its box, and whole for whoever points at it", () => {
  const { text } = graph([node("x".repeat(60))], markup``);
  assert.ok(text.includes(`<title>step ${"x".repeat(60)}: create</title>`));
  assert.ok(text.includes(`>step ${"x".repeat(22)}…</text>`));
});

Deno.test("the picture of a plan without steps is empty", () => {
  assert.ok(graph([], markup``).text.includes('viewBox="0 0 '));
});
