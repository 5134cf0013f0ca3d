/** What an image was built from, in short hashes: they stand in its manifest, and tell why a later build is one. */
import { entryOf } from "../core/tables.ts";

type Parts = Readonly<Record<string, string>>;

/** Begins the names of parts that are other images. */
export const NEED = "need/";

/** As an annotation, `context:0a1b2c3d;args:…`: BuildKit's flag would split it at a comma. */
export function partsText(parts: Parts): string {
  return Object.entries(parts).map(([name, hash]) => `${name}:${hash}`).join(";");
}

/** `null` if it is not such a text. */
function partsOf(text: string): Parts | null {
  const found = text.split(";").map((part) => /^(.+):([0-9a-f]{8})$/.exec(part));
  if (found.includes(null)) return null;
  return Object.fromEntries(found.map((match) => [match![1]!, match![2]!]));
}

const WORDS: Readonly<Record<string, string>> = {
  context: "context",
  contexts: "named contexts",
  dockerfile: "Dockerfile",
  args: "build arguments",
  secrets: "names of secrets",
  ssh: "names of SSH keys",
  buildkit: "BuildKit",
};

/**
 * What differs from the image that has this annotation, in words. `null`: that is not known, as it is from an earlier
 * version of unitune.
 */
export function changedParts(annotation: string | undefined, now: Parts): string[] | null {
  const before = annotation === undefined ? null : partsOf(annotation);
  if (!before) return null;
  const names = [...new Set([...Object.keys(now), ...Object.keys(before)])];
  const changed = names.filter((name) => entryOf(before, name) !== entryOf(now, name));
  return changed.map((name) => {
    return name.startsWith(NEED) ? `image ${name.slice(NEED.length)}` : entryOf(WORDS, name) ?? name;
  });
}
