import assert from "node:assert/strict";
import { interfacesOf } from "../../lib/config/efa.ts";
import { GPUS, type GpuSize } from "../../lib/config/gpus.ts";
import type { NetworkInterface } from "../../lib/config/types.ts";

const sizes = Object.values(GPUS).flat() as readonly GpuSize[];
const size = (type: string) => sizes.find((one) => one.type === type)!;
const isEfa = ({ interfaceType }: NetworkInterface) => interfaceType === "efa-only";

/**
 * Network cards and interfaces of each card: `zz_generated.vpclimits.go` of Karpenter's provider 1.14.3, which is
 * `ec2:DescribeInstanceTypes` of July 2026.
 */
const CARDS: Readonly<Record<string, readonly [cards: number, interfacesOfEach: number]>> = {
  "g6e.8xlarge": [1, 8],
  "g6e.24xlarge": [2, 10],
  "g6e.48xlarge": [4, 10],
  "g7.48xlarge": [2, 12],
  "g7e.48xlarge": [4, 10],
  "p4d.24xlarge": [4, 15],
  "p4de.24xlarge": [4, 15],
  "p5.4xlarge": [1, 4],
  "p5.48xlarge": [32, 2],
  "p5e.48xlarge": [32, 2],
  "p5en.48xlarge": [16, 4],
  "p6-b200.48xlarge": [8, 4],
  "p6-b300.48xlarge": [17, 4],
};

Deno.test("a node has one interface with an address, and EFA without one on as many cards as EC2 gives it", () => {
  for (const one of sizes.filter(({ efa }) => efa > 0)) {
    const interfaces = interfacesOf(one);
    assert.deepEqual(interfaces[0], { networkCardIndex: 0, deviceIndex: 0, interfaceType: "interface" });
    assert.equal(interfaces.filter((each) => !isEfa(each)).length, 1, one.type);
    assert.equal(interfaces.filter(isEfa).length, one.efa, one.type);
    const cards = interfaces.filter(isEfa).map(({ networkCardIndex }) => networkCardIndex);
    assert.equal(new Set(cards).size, one.efa, `${one.type}: one EFA a card`);
    const places = interfaces.map(({ networkCardIndex, deviceIndex }) => `${networkCardIndex}/${deviceIndex}`);
    assert.equal(new Set(places).size, places.length, `${one.type}: one interface a place`);
  }
});

Deno.test("no interface is on a card or a place that the instance type lacks, and no card is left without EFA", () => {
  for (const [type, [cards, places]] of Object.entries(CARDS)) {
    const interfaces = interfacesOf(size(type));
    for (const { networkCardIndex, deviceIndex } of interfaces) {
      assert.ok(networkCardIndex < cards && deviceIndex < places, `${type} ${networkCardIndex}/${deviceIndex}`);
    }
    assert.equal(Math.max(...interfaces.map(({ networkCardIndex }) => networkCardIndex)), cards - 1, type);
  }
});

Deno.test("an H100 node has EFA on the first card beside its own interface, then on all others", () => {
  const interfaces = interfacesOf(size("p5.48xlarge"));
  assert.deepEqual(interfaces.slice(1, 3), [
    { networkCardIndex: 0, deviceIndex: 1, interfaceType: "efa-only" },
    { networkCardIndex: 1, deviceIndex: 0, interfaceType: "efa-only" },
  ]);
  assert.deepEqual(interfaces.at(-1), { networkCardIndex: 31, deviceIndex: 0, interfaceType: "efa-only" });
});

Deno.test("a B300 node has no EFA on its first card", () => {
  const [own, ...others] = interfacesOf(size("p6-b300.48xlarge"));
  assert.deepEqual(own, { networkCardIndex: 0, deviceIndex: 0, interfaceType: "interface" });
  assert.deepEqual(
    others.map(({ networkCardIndex }) => networkCardIndex),
    Array.from({ length: 16 }, (_, at) => at + 1),
  );
  assert.ok(others.every(({ deviceIndex }) => deviceIndex === 0));
});
