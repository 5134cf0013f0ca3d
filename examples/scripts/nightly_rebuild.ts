/**
 * Rebuilds all images every night, so that what they use from outside (base images, packages) is up to date. Two
 * projects side by side show that a script needs no global state.
 *
 * ```sh
 * deno run -A --unstable-worker-options examples/scripts/nightly_rebuild.ts a/unitune.config.ts b/unitune.config.ts
 * ```
 */
import { jsonHost, openProject } from "unitune";

const rebuilt = await Promise.allSettled(Deno.args.map(async (file) => {
  await using project = await openProject({ file, host: jsonHost() });
  const { images } = await project.build([], { force: true });
  return Object.entries(images).map(([name, { ref }]) => `${project.config.name}/${name} ${ref ?? "failed"}`);
}));
for (const [at, result] of rebuilt.entries()) {
  if (result.status === "fulfilled") console.log(result.value.join("\n"));
  else console.error(`${Deno.args[at]}: ${result.reason}`);
}
if (rebuilt.some(({ status }) => status === "rejected")) Deno.exitCode = 1;
