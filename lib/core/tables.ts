/** Objects of keys and values, as JSON, YAML and TOML have them. */
export type Table = Readonly<Record<string, unknown>>;

/** Lists and TOML dates are not tables. */
export function isTable(value: unknown): value is Table {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

/** A table's own entry: a key that others chose may be `constructor`, which every object has. */
export function entryOf<T>(table: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}

/** Merges two tables at every depth; a value in `above` that is not a table replaces the one in `below`. */
export function laidOver(below: Table, above: Table): Table {
  const laid = Object.entries(above).map(([key, value]) => {
    const under = below[key];
    return [key, isTable(under) && isTable(value) ? laidOver(under, value) : value];
  });
  return { ...below, ...Object.fromEntries(laid) };
}
