/** Named contexts of an image: folders, and images of a registry. */
import { familiarName } from "../../core/image_names.ts";
import { entryOf } from "../../core/tables.ts";
import type * as z from "zod";
import { type Issue, show } from "../issues.ts";
import { type imageSchema, sourceOf } from "../schema/config.ts";
import type { NamedSource } from "../types.ts";
import { sorted } from "./pool_fields.ts";

type Fields = Pick<z.output<typeof imageSchema>, "contexts" | "needs">;

/** `folders`: the real paths of those that exist. A name stands for one thing, also in other spellings of it. */
export function contextsOf(
  name: string,
  { contexts: input = {}, needs = {} }: Fields,
  folders: Readonly<Record<string, string>>,
  issues: Issue[],
): Readonly<Record<string, NamedSource>> {
  const contexts: Record<string, NamedSource> = {};
  const taken = new Map(Object.keys(needs).map((alias) => [familiarName(alias), `${show(alias)} in needs`]));
  for (const [alias, written] of Object.entries(input)) {
    const other = taken.get(familiarName(alias)), source = sourceOf(written)!;
    if (other !== undefined) {
      const message = `must not name what another name is for BuildKit: found ${show(alias)} and ${other}`;
      issues.push({ code: "CONFLICT", path: ["images", name, "contexts", alias], message });
      continue;
    }
    taken.set(familiarName(alias), show(alias));
    contexts[alias] = "image" in source ? source : { folder: entryOf(folders, alias) ?? source.path };
  }
  return sorted(contexts);
}
