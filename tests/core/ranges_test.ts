import assert from "node:assert/strict";
import fc from "fast-check";
import { isPrivateRange, isServiceRange, overlap, rangeOf } from "../../lib/core/ranges.ts";

Deno.test("Services take private ranges of /12 to /24, written without bits past their length", () => {
  for (const right of ["10.100.0.0/16", "172.16.0.0/12", "192.168.128.0/20", "10.0.0.0/24"]) {
    assert.ok(isServiceRange(right), right);
  }
  const wrong = [
    "10.0.0.0/8",
    "10.0.0.0/25",
    "10.0.0.1/24",
    "100.64.0.0/16",
    "203.0.113.0/24",
    "172.0.0.0/12",
    "10.0.0.0",
  ];
  for (const text of wrong) assert.ok(!isServiceRange(text), text);
  assert.ok(isPrivateRange("100.64.0.0/16"), "a VPC may have it");
});

Deno.test("ranges overlap when one lies in the other, whichever is named first", () => {
  const text = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255), fc.integer({ min: 8, max: 30 }))
    .map(([a, b, c, d, length]) => `${a}.${b}.${c}.${d}/${length}`);
  fc.assert(fc.property(text, text, (a, b) => {
    const ends = [a, b].map((one) => {
      const { base, length } = rangeOf(one)!, size = 2 ** (32 - length), start = base - base % size;
      return [start, start + size - 1] as const;
    });
    const [[from, to], [start, end]] = ends as [readonly [number, number], readonly [number, number]];
    assert.equal(overlap(a, b), from <= end && start <= to);
    assert.equal(overlap(b, a), overlap(a, b));
  }));
  assert.ok(overlap("10.0.0.0/8", "10.100.0.0/16"));
  assert.ok(!overlap("10.0.0.0/16", "10.1.0.0/16"));
  assert.ok(!overlap("10.0.0.0/16", "nothing"));
});
