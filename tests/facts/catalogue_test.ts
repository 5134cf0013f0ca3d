/** The catalogue holds together, says where it is from, and stands apart from the program. */
import assert from "node:assert/strict";
import { CATALOGUE } from "./catalogue.ts";

const root = new URL("../../", import.meta.url);

async function files(folder: string, ending: string): Promise<string[]> {
  const found: string[] = [];
  for await (const entry of Deno.readDir(new URL(folder, root))) {
    if (entry.isDirectory) found.push(...await files(`${folder}${entry.name}/`, ending));
    else if (entry.name.endsWith(ending)) found.push(`${folder}${entry.name}`);
  }
  return found;
}

Deno.test("every file of the catalogue names its source and the day up to which it tells", async () => {
  const listed = await files("tests/facts/", ".json");
  assert.ok(listed.length >= 7, listed.join(", "));
  for (const file of listed) {
    const { source, asOf, notes } = JSON.parse(await Deno.readTextFile(new URL(file, root)));
    assert.ok(source.length > 40, `${file}: ${source}`);
    assert.match(asOf, /^20\d\d-\d\d-\d\d$/, file);
    assert.ok(Array.isArray(notes), file);
  }
});

Deno.test("the program does not read the catalogue, and the catalogue nothing of the program", async () => {
  for (const file of [...await files("lib/", ".ts"), ...await files("infra/", ".ts")]) {
    assert.doesNotMatch(await Deno.readTextFile(new URL(file, root)), /"[^"\n]*tests\/facts/, file);
  }
  const sources = [...await files("tests/facts/make/", ".ts"), "tests/facts/catalogue.ts"];
  for (const file of sources) {
    assert.doesNotMatch(await Deno.readTextFile(new URL(file, root)), /from "[^"]*(lib|infra)\//, file);
  }
});

Deno.test("EFA interfaces never outnumber what the network cards take", () => {
  const wrong = Object.entries(CATALOGUE.instanceTypes).filter(([, { efa = 0, networkCards }]) => {
    const cards = networkCards.filter(({ kinds }) => kinds.includes("efa")).reduce((sum, { count }) => sum + count, 0);
    return efa > cards || (efa > 0) !== (cards > 0);
  });
  assert.deepEqual(wrong.map(([name]) => name), []);
});

Deno.test("each region that is told has zones, and each offering is of a known region and zone", () => {
  for (const [type, regions] of Object.entries(CATALOGUE.offerings)) {
    for (const [region, zones] of Object.entries(regions)) {
      const known = CATALOGUE.regions[region]!.zones.map((zone) => zone.at(-1));
      assert.ok(zones === "*" || [...zones].every((zone) => known.includes(zone)), `${type} ${region} ${zones}`);
    }
  }
});

Deno.test("every version of Kubernetes that EKS offers has images of both systems", () => {
  const versions = Object.keys(CATALOGUE.kubernetes);
  assert.deepEqual(Object.keys(CATALOGUE.bottlerocket), versions);
  assert.deepEqual(Object.keys(CATALOGUE.al2023), versions);
  for (const { first, newest, releases } of Object.values({ ...CATALOGUE.bottlerocket, ...CATALOGUE.al2023 })) {
    assert.deepEqual([releases[0], releases.at(-1)], [first, newest]);
    assert.equal(new Set(releases).size, releases.length);
  }
});
