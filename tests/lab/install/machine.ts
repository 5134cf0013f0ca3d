/** What the lab needs of a machine before it touches anything. */
import { attempt } from "../shell.ts";

/** One line that says what is missing, or undefined where the lab can run. */
export async function whyNot(): Promise<string | undefined> {
  if (Deno.build.os !== "linux" || Deno.build.arch !== "x86_64") {
    return `The lab needs Linux on x86_64, as it runs real nodes: this is ${Deno.build.os} on ${Deno.build.arch}`;
  }
  if (Deno.uid() !== 0) {
    return `The lab needs root, as it makes a bridge, mounts and containers: this is user ${Deno.uid()}`;
  }
  for (
    const [program, use] of [["apt-get", "Debian's packages"], ["go", "building Kubernetes"], [
      "npm",
      "Node.js",
    ]] as const
  ) {
    const found = await attempt("sh", ["-c", `command -v ${program}`]);
    if (found.code !== 0) return `The lab needs ${program} for ${use}: there is none in PATH`;
  }
  return undefined;
}
