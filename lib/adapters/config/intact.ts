/**
 * Detects changes to built-in objects inside the sandbox. Freezing them would break ordinary code (an object with its
 * own `toString`), so a change is detected afterwards, and the config is refused. Runs as text
 * (`watchLanguage.toString()`): no outside names, no named inner function (see `lib/config/dsl.ts`).
 */
// deno-lint-ignore no-explicit-any
type Any = any;

/** Records the built-in objects. The returned function names one that has changed since, if any has. */
export function watchLanguage(names: readonly string[]): () => string | undefined {
  // A config may replace any method, so only these are used after it has run.
  const { ownKeys, getOwnPropertyDescriptor: describe } = Reflect, { is } = Object, world: Any = globalThis;
  const notes: { name: string; owner: Any; key: PropertyKey; was: Any }[] = [], sizes: Any[] = [];
  names.flatMap((name) => [[name, world[name]], [`${name}.prototype`, world[name]?.prototype]]).forEach((entry) => {
    const name = entry[0], owner = entry[1];
    if (owner === null || owner === undefined || typeof owner !== "object" && typeof owner !== "function") return;
    if (owner === world) return;
    const keys = ownKeys(owner);
    sizes.push({ name, owner, size: keys.length });
    keys.forEach((key) => notes.push({ name, owner, key, was: describe(owner, key) }));
  });
  const count = notes.length, owners = sizes.length;
  return () => {
    for (let at = 0; at < count; at++) {
      const { name, owner, key, was } = notes[at]!, now: Any = describe(owner, key);
      if (!now || !is(now.value, was.value) || now.get !== was.get || now.set !== was.set) {
        return name + "." + (typeof key === "symbol" ? "[symbol]" : key as string);
      }
    }
    for (let at = 0; at < owners; at++) {
      if (ownKeys(sizes[at].owner).length !== sizes[at].size) return sizes[at].name;
    }
    return undefined;
  };
}
