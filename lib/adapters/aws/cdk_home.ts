/**
 * Where the CDK toolkit keeps its caches. Not the user's folder: the toolkit caches the account of each access key
 * there, and emulators share keys. It has to be set before the toolkit is loaded, which otherwise creates one.
 */
import { temporaryFolder } from "../temporary.ts";

let home: string | undefined;

/** Default: a temporary one for this process. */
export function useCdkHome(folder: string = temporaryHome()): void {
  Deno.env.set("CDK_HOME", folder);
}

function temporaryHome(): string {
  if (home === undefined) {
    const folder = home = temporaryFolder("cdk");
    globalThis.addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));
  }
  return home;
}
