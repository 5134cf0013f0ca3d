/**
 * containerd roots with every image imported: made once for a set of images, then each node starts from hard links to
 * it. Layers and blobs are never written again, so they can be shared; the databases are copied.
 */
import { containerdVersion, data, type LabNode, nodeDirs, run as paths } from "../layout.ts";
import { exists, remove, run, writeWhole } from "../shell.ts";
import { containerdConfig, ctr, importLayout, programs, unmountBelow } from "./node.ts";
import { ensure, stop } from "./process.ts";

export const seedDir = (layout: string): string =>
  `${data.seeds}/containerd-${containerdVersion}-${layout.split("/").at(-1)}`;

export async function makeSeed(layout: string): Promise<void> {
  const dir = seedDir(layout);
  if (await exists(dir)) return;
  // images of before are of no use any more, and large
  await unmountBelow(data.seeds);
  await remove(data.seeds);
  const fresh = `${dir}.new`;
  const state = `${paths.dir}/seed`;
  const socket = `${state}/containerd.sock`;
  await Deno.mkdir(fresh, { recursive: true });
  await Deno.mkdir(state, { recursive: true });
  await writeWhole(
    `${state}/containerd.toml`,
    containerdConfig(fresh, `${state}/containerd`, socket, `${state}/hosts`),
  );
  await ensure({
    name: "containerd-seed",
    command: [programs.containerd, "--config", `${state}/containerd.toml`],
    healthy: async () => (await ctr(socket, ["version"])).code === 0,
  });
  try {
    await importLayout(socket, layout);
  } finally {
    await stop("containerd-seed");
  }
  await remove(state);
  await Deno.rename(fresh, dir);
}

/** Gives a node a fresh containerd root. Its containerd must not run. */
export async function plantSeed(layout: string, node: LabNode): Promise<void> {
  const root = nodeDirs(node.name).containerdRoot;
  await unmountBelow(root);
  await remove(root);
  await Deno.mkdir(nodeDirs(node.name).root, { recursive: true });
  await run("cp", ["--archive", "--link", seedDir(layout), root]);
  const databases = await run("find", [root, "-maxdepth", "2", "-name", "*.db"]);
  for (const file of databases.split("\n").filter(Boolean)) {
    await run("cp", ["--archive", file, `${file}.own`]);
    await Deno.rename(`${file}.own`, file);
  }
}
