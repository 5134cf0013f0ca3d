/** What `--version` says: enough to report a fault with. */
import { VERSION } from "../core/version.ts";

/** Filled in by `.ci/bundle.ts`; missing when the program runs from its sources. */
declare const UNITUNE_BUILD: { readonly commit: string; readonly cdk: string } | undefined;

export function versionText(): string {
  const built = typeof UNITUNE_BUILD === "undefined" ? undefined : UNITUNE_BUILD;
  const facts = built
    ? [`commit ${built.commit}`, `Deno ${Deno.version.deno}`, `CDK ${built.cdk}`]
    : ["from source", `Deno ${Deno.version.deno}`];
  return `unitune ${VERSION} (${facts.join(", ")})`;
}
