/** Reads a cloud assembly on disk without the toolkit, for plans without an account. */
import type { StackDiff } from "../core/ports.ts";

interface Template {
  readonly Resources: Readonly<Record<string, { readonly Type: string }>>;
}

export async function readTemplate(assembly: string, stack: string): Promise<string> {
  return await Deno.readTextFile(`${assembly}/${stack}.template.json`);
}

/** Every resource of the stacks, as an addition. */
export async function offlineDiff(assembly: string, stacks: readonly string[]): Promise<StackDiff[]> {
  return await Promise.all(stacks.map(async (stack) => {
    const { Resources }: Template = JSON.parse(await readTemplate(assembly, stack));
    const changes = Object.entries(Resources).map(([logicalId, { Type }]) => {
      return { logicalId, resourceType: Type, action: "add" as const };
    });
    return { stack, exists: false, changes };
  }));
}
