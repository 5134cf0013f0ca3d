import assert from "node:assert/strict";
import { interfacesOf } from "../../../lib/config/resolve/efa.ts";
import { GPUS, type GpuSize } from "../../../lib/config/gpus.ts";
import type { NetworkInterface } from "../../../lib/config/types.ts";
import { CATALOGUE } from "../../facts/catalogue.ts";

const sizes = Object.values(GPUS).flat() as readonly GpuSize[];
const size = (type: string) => sizes.find((one) => one.type === type)!;
const isEfa = ({ interfaceType }: NetworkInterface) => interfaceType === "efa-only";

/** The catalogue's cards of an instance type, each by itself. */
function cardsOf(type: string) {
  return CATALOGUE.instanceTypes[type]!.networkCards.flatMap((alike) =>
    Array.from({ length: alike.count }, () => alike)
  );
}

Deno.test("a node has one interface with an address, and EFA without an address on every card that supports it", () => {
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

Deno.test("each interface has a type and an index that its card supports, and no card with EFA is left out", () => {
  for (const one of sizes.filter(({ efa }) => efa > 0)) {
    const cards = cardsOf(one.type), interfaces = interfacesOf(one);
    for (const { networkCardIndex, deviceIndex, interfaceType } of interfaces) {
      const card = cards[networkCardIndex], place = `${one.type} ${networkCardIndex}/${deviceIndex}`;
      assert.ok(card && deviceIndex < card.interfaces && card.kinds.includes(interfaceType), place);
    }
    const able = cards.flatMap(({ kinds }, at) => kinds.includes("efa-only") ? [at] : []);
    assert.deepEqual(interfaces.filter(isEfa).map(({ networkCardIndex }) => networkCardIndex), able, one.type);
  }
});

Deno.test("an H100 node has EFA on all cards, on the first one beside the node's own interface", () => {
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
