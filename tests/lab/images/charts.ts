/** Karpenter's charts as OCI artifacts, from the Go module that carries them. */
import { parse, parseDocument } from "yaml";
import { karpenterVersion } from "../layout.ts";
import { run } from "../shell.ts";
import { packLayer } from "./layer.ts";
import { type Layout, manifestType } from "./layout.ts";

const charts = ["karpenter", "karpenter-crd"] as const;

/**
 * The chart in the module names an older release and pins that one's image by digest. Version, image tag and digest
 * are what the release process sets; here they name the lab's image. Nothing else of the charts is touched.
 */
export async function addCharts(layout: Layout, module: string, work: string): Promise<void> {
  for (const chart of charts) {
    const parent = `${work}/chart-${chart}`;
    await Deno.mkdir(parent, { recursive: true });
    // the module cache is read-only, links in the charts lead to files of the module
    await run("cp", ["-rL", "--no-preserve=mode", `${module}/charts/${chart}`, `${parent}/`]);
    const meta = await edit(`${parent}/${chart}/Chart.yaml`, {
      version: karpenterVersion,
      appVersion: karpenterVersion,
    });
    if (chart === "karpenter") {
      await edit(`${parent}/${chart}/values.yaml`, {
        "controller.image.tag": karpenterVersion,
        "controller.image.digest": "",
      });
    }
    // Helm wants the chart's own name first in every path, with no `./` before it
    const layer = await packLayer(parent, `${work}/${chart}.tgz`, 0, chart);
    await layout.addFile(layer.file, layer.digest);
    const config = await layout.addJson("application/vnd.cncf.helm.config.v1+json", meta);
    await layout.addManifest({
      schemaVersion: 2,
      mediaType: manifestType,
      config,
      layers: [{
        mediaType: "application/vnd.cncf.helm.chart.content.v1.tar+gzip",
        digest: layer.digest,
        size: layer.size,
      }],
      annotations: { "org.opencontainers.image.title": chart, "org.opencontainers.image.version": karpenterVersion },
    }, [`public.ecr.aws/karpenter/${chart}:${karpenterVersion}`]);
  }
}

/** Sets values by dotted path, keeps comments and order, and returns the document as data. */
async function edit(file: string, values: Readonly<Record<string, string>>): Promise<unknown> {
  const document = parseDocument(await Deno.readTextFile(file));
  for (const [path, value] of Object.entries(values)) {
    const keys = path.split(".");
    if (!document.hasIn(keys)) throw new Error(`${file} has no ${path}: the chart is not the one this was written for`);
    document.setIn(keys, value);
  }
  const text = document.toString();
  await Deno.writeTextFile(file, text);
  return parse(text);
}
