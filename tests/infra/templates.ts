/** Synthesizes a config into a folder of its own and gives the templates, as text and for assertions. */
import { readFunctions } from "../../lib/adapters/assets.ts";
import { Template } from "aws-cdk-lib/assertions";
import { synthesize } from "../../infra/synth.ts";
import type { Config } from "../../lib/plan/types.ts";

// deno-lint-ignore no-explicit-any
export type Json = any;

export interface Synthesized {
  readonly stacks: readonly string[];
  readonly vpc: Template;
  readonly eks: Template;
  /** Every file of the assembly, by name. */
  readonly files: Readonly<Record<string, string>>;
}

export async function synthesized(config: Config): Promise<Synthesized> {
  const folder = await Deno.makeTempDir({ prefix: "unitune-infra-" });
  try {
    const { stacks } = await synthesize(config, folder, await readFunctions());
    const files: Record<string, string> = {};
    for await (const entry of Deno.readDir(folder)) {
      files[entry.name] = await Deno.readTextFile(`${folder}/${entry.name}`);
    }
    const template = (kind: string) => Template.fromString(files[`${config.name}-${kind}.template.json`] ?? "{}");
    return { stacks, vpc: template("vpc"), eks: template("eks"), files };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The only resource of a type, or of a type whose properties pass the test. */
export function only(template: Template, type: string, test: (properties: Json) => boolean = () => true): Json {
  const found = all(template, type).filter(({ Properties }) => test(Properties));
  if (found.length !== 1) throw new Error(`Expected one ${type}, found ${found.length}`);
  return found[0];
}

/** Resources of a type, each with its logical id, in the template's order. */
export function all(template: Template, type?: string): Json[] {
  return Object.entries((template.toJSON().Resources ?? {}) as Record<string, Json>)
    .filter(([, resource]) => type === undefined || resource.Type === type)
    .map(([id, resource]) => ({ id, ...resource }));
}

export function tagsOf(resource: Json): Record<string, string> {
  return Object.fromEntries(resource.Properties.Tags.map((tag: Json) => [tag.Key, tag.Value]));
}
