import assert from "node:assert/strict";
import fc from "fast-check";
import {
  isPrivateRange,
  isServiceRange,
  isWider,
  overlap,
  publicRanges,
  rangeOf,
  without,
} from "../../lib/core/ranges.ts";

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

const addressesOf = (text: string) => {
  const { base, length } = rangeOf(text)!;
  return Array.from({ length: 2 ** (32 - length) }, (_, at) => base + at);
};

Deno.test("what is left of a range has every address but those of the holes, once", () => {
  const text = fc.tuple(fc.nat(255), fc.integer({ min: 24, max: 32 })).map(([end, length]) => {
    const size = 2 ** (32 - length);
    return `10.0.0.${end - end % size}/${length}`;
  });
  fc.assert(fc.property(fc.array(text, { maxLength: 4 }), (holes) => {
    const closed = new Set(holes.flatMap(addressesOf));
    const left = without("10.0.0.0/24", holes).flatMap(addressesOf);
    assert.deepEqual(left, addressesOf("10.0.0.0/24").filter((address) => !closed.has(address)));
  }));
});

Deno.test("public ranges hold the Internet, and no private or special address", () => {
  const ranges = publicRanges(), isIn = (address: string) => ranges.some((range) => isWider(range, `${address}/32`));
  for (
    const address of ["1.0.0.0", "9.255.255.255", "11.0.0.0", "100.63.255.255", "126.255.255.255", "223.255.255.255"]
  ) {
    assert.ok(isIn(address), address);
  }
  for (
    const address of ["0.0.0.1", "10.1.1.1", "100.64.0.1", "127.0.0.1", "169.254.169.254", "192.0.0.8", "240.0.0.1"]
  ) {
    assert.ok(!isIn(address), address);
  }
  assert.ok(ranges.length < 80, `${ranges.length} ranges`);
});
