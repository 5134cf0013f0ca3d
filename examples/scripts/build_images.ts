/**
 * Builds the images that are named, or all, and prints each one's reference by digest: what a CI job hands to the next.
 *
 * ```sh
 * deno run -A --unstable-worker-options examples/scripts/build_images.ts [image…]
 * ```
 */
import { isUnituneError, openProject, terminalHost } from "unitune";

const host = terminalHost();
try {
  await using project = await openProject({ host });
  const { images } = await project.build(Deno.args);
  for (const [name, { state, ref }] of Object.entries(images)) console.log(`${name} ${state} ${ref ?? "-"}`);
  if (Object.values(images).some(({ ref }) => ref === null)) Deno.exitCode = 5;
} catch (error) {
  if (!isUnituneError(error)) throw error;
  console.error([error.message, ...error.lines, error.hint].filter(Boolean).join("\n"));
  Deno.exitCode = error.exit;
}
