/** The page about the config names every field that the schema accepts, and no other. */
import assert from "node:assert/strict";
import { configPage } from "../../.ci/config_reference.ts";
import { reference } from "../../.ci/reference.ts";
import { fieldPaths } from "../schema.ts";

const page = (await reference())["docs/reference/config.md"]!;
const headings = [...page.matchAll(/^### `(.+)`$/gm)].map(([, path = ""]) => path);
/** As in the schema, which has no names of maps: those of pools are in both kinds. */
const plain = headings.map((path) => path.replaceAll(/\.<\w+>|\\?\[\\?\]/g, ""))
  .flatMap((path) =>
    path.startsWith("pool.") ? [`cpu${path}`, `gpu${path}`].map((one) => one.replace("pool", "Pool")) : [path]
  );

Deno.test("every field of the schema has a heading, and every heading is a field", () => {
  // Karpenter's gates are keys in the text of their field.
  const wanted = [...fieldPaths].filter((path) => !path.startsWith("karpenter.gates."));
  assert.ok(wanted.length > 150);
  assert.deepEqual(wanted.filter((path) => !plain.includes(path)).toSorted(), []);
  const [, gates = ""] = /^### `karpenter\.gates`\n\n([^#]*)/m.exec(page) ?? [];
  for (const path of fieldPaths) {
    if (path.startsWith("karpenter.gates.")) assert.ok(gates.includes(`\`${path.split(".").at(-1)}\``), path);
  }
  assert.deepEqual(plain.filter((path) => !fieldPaths.has(path)).toSorted(), []);
  assert.equal(new Set(headings).size, headings.length);
});

Deno.test("a field that is required says so, and one that excludes another does not", () => {
  assert.match(page, /^### `cluster\.endpoint`\n\nRequired\. /m);
  assert.match(page, /^### `image\.context`\n\nRequired\. /m);
  for (const path of ["network.vpcId", "gpuPool.reservation", "gpuPool.reservation.ids", "gpuPool.maxGpus"]) {
    assert.ok(page.includes(`### \`${path}\`\n\n`) && !page.includes(`### \`${path}\`\n\nRequired`), path);
  }
});

Deno.test("fields are followed through lists, maps, unions and what a type extends", () => {
  const text = `
    export interface ConfigInput extends Base {
      /** A list. */
      readonly list?: readonly Element[];
      /** A map. */
      readonly map: Readonly<Record<string, Element>>;
    }
    export interface Base {
      /** Inherited. */
      readonly base?: string;
    }
    export type Element = string | {
      /** Within. */
      readonly within: string;
    };`;
  const found = [...configPage([text]).matchAll(/^### `(.+)`$/gm)].map(([, path]) => path);
  assert.deepEqual(found.toSorted(), ["base", "list", "list[].within", "map", "map.<name>.within"]);
});
