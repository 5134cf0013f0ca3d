import assert from "node:assert/strict";
import { FUEL, metered } from "../../../lib/adapters/config/metered.ts";

/**
 * A module with one function, `run`, that takes a number and counts it down to zero in a loop:
 * (func (export "run") (param i32) (loop (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))))
 */
const LOOPING = Uint8Array.from([
  ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
  ...[0x01, 5, 1, 0x60, 1, 0x7f, 0],
  ...[0x03, 2, 1, 0],
  ...[0x06, 6, 1, 0x7f, 0, 0x41, 7, 0x0b],
  ...[0x07, 7, 1, 3, 0x72, 0x75, 0x6e, 0, 0],
  ...[0x0a, 16, 1, 14, 0, 0x03, 0x40, 0x20, 0, 0x41, 1, 0x6b, 0x22, 0, 0x0d, 0, 0x0b, 0x0b],
]);

interface Exports {
  readonly run: (rounds: number) => void;
  readonly [FUEL]: WebAssembly.Global;
}

function start(module: Uint8Array<ArrayBuffer>): Exports {
  return new WebAssembly.Instance(new WebAssembly.Module(module)).exports as unknown as Exports;
}

Deno.test("a metered module counts each round of a loop, and traps when its fuel is used up", () => {
  start(LOOPING).run(1_000_000);
  const { run, [FUEL]: fuel } = start(metered(LOOPING));
  fuel.value = 1_000;
  run(100);
  assert.equal(fuel.value, 900);
  assert.throws(() => run(1_000), WebAssembly.RuntimeError);
  assert.equal(fuel.value, 0);
});

Deno.test("a module with an instruction that the meter does not know is refused", () => {
  const unknown = LOOPING.slice();
  unknown[unknown.length - 4] = 0xfd;
  assert.throws(() => metered(unknown), /Cannot meter the module: it has instruction 0xfd/);
});
