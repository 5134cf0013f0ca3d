/** Objects of keys and values, as JSON, YAML and TOML have them. */
export type Table = Readonly<Record<string, unknown>>;

/** A list, or a date of TOML, is none. */
export function isTable(value: unknown): value is Table {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

/** Tables are laid over each other at every depth; whatever else stands above takes the place of what is below. */
export function laidOver(below: Table, above: Table): Table {
  const laid = Object.entries(above).map(([key, value]) => {
    const under = below[key];
    return [key, isTable(under) && isTable(value) ? laidOver(under, value) : value];
  });
  return { ...below, ...Object.fromEntries(laid) };
}
