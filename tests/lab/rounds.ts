/** How often a test repeats what chance decides: once with a fixed seed as a rule, more often in `deno task soak`. */

export const ROUNDS = Number(Deno.env.get("UNITUNE_ROUNDS") ?? 1);

/** Numbers from 0 to 1 (exclusive), the same for the same seed: mulberry32. */
export function seeded(seed: number): () => number {
  let state = (seed + 1) * 0x9e3779b9 >>> 0;
  return () => {
    state = state + 0x6d2b79f5 >>> 0;
    let mixed = Math.imul(state ^ state >>> 15, state | 1);
    mixed ^= mixed + Math.imul(mixed ^ mixed >>> 7, mixed | 61);
    return ((mixed ^ mixed >>> 14) >>> 0) / 2 ** 32;
  };
}
