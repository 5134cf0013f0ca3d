/** All images and charts of the lab in one OCI layout, cached by everything that goes into it. */
import { DIGESTS } from "../../../lib/core/facts/digests.ts";
import { cache, pki, source } from "../layout.ts";
import { keyOf, remove } from "../shell.ts";
import { addCharts } from "./charts.ts";
import { type Layer, packLayer } from "./layer.ts";
import { imageConfigType, Layout, manifestType } from "./layout.ts";
import { type Ingredients, prepare } from "./recipes.ts";

export interface ImageSources extends Ingredients {
  /** Folder of Karpenter's Go module. */
  readonly karpenterSource: string;
}

/** Where the layout is or will be: a change of a binary, of the authority or of a recipe makes another. */
export async function layoutDir(binaries: readonly string[]): Promise<string> {
  const parts = [...binaries.map((dir) => dir.split("/").at(-1) ?? ""), await Deno.readTextFile(pki.ca.cert)];
  const recipes = Array.from(Deno.readDirSync(`${source}/images`), (entry) => entry.name).sort();
  for (const name of recipes) parts.push(name, await Deno.readTextFile(`${source}/images/${name}`));
  parts.push(await Deno.readTextFile(`${source}/install/node.ts`), JSON.stringify(DIGESTS));
  return `${cache.images}/layout-${keyOf(...parts)}`;
}

export async function makeImages(dir: string, from: ImageSources): Promise<void> {
  const work = `${cache.images}/work`;
  const fresh = `${dir}.new`;
  await Promise.all([remove(work), remove(fresh)]);
  await Deno.mkdir(work, { recursive: true });
  const layout = new Layout(fresh);
  await layout.begin();
  const packed = new Map<string, Layer>();
  for (const recipe of await prepare(work, from)) {
    const layers: Layer[] = [];
    for (const part of recipe.parts) {
      let layer = packed.get(part.dir);
      if (!layer) {
        layer = await packLayer(part.dir, `${work}/${packed.size}.tar.gz`, part.owner);
        await layout.addFile(layer.file, layer.digest);
        packed.set(part.dir, layer);
      }
      layers.push(layer);
    }
    const config = await layout.addJson(imageConfigType, {
      architecture: "amd64",
      os: "linux",
      config: recipe.config,
      rootfs: { type: "layers", diff_ids: layers.map((layer) => layer.diffId) },
    });
    await layout.addManifest({
      schemaVersion: 2,
      mediaType: manifestType,
      config,
      layers: layers.map(({ digest, size }) => ({
        mediaType: "application/vnd.oci.image.layer.v1.tar+gzip",
        digest,
        size,
      })),
    }, recipe.names);
  }
  await addCharts(layout, from.karpenterSource, work);
  await layout.end();
  await remove(dir);
  await Deno.rename(fresh, dir);
  await remove(work);
}
