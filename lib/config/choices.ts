/** What a new project can choose from: regions, and GPUs with their memory, sizes of nodes and price. */
import { priceOf, PRICES } from "../core/facts/prices.ts";
import { ZONES } from "../core/zones.ts";
import { GPU_MEMORY, GPU_NAMES, GPUS } from "./gpus.ts";

/** One of several answers. */
export interface Choice {
  /** What is written into the config. */
  readonly value: string;
  /** What a person needs to know to choose it. */
  readonly about: string;
}

export function regionChoices(): readonly Choice[] {
  return Object.keys(ZONES).toSorted().map((value) => ({ value, about: "" }));
}

/** `l4`: `22 GiB; 1, 4 or 8 on a node; from 0.80 USD an hour`. */
export function gpuChoices(): readonly Choice[] {
  return GPU_NAMES.map((value) => {
    const memory = GPU_MEMORY[value].map((mib) => Math.round(mib / 1024)).join(" or ");
    const counts = [...new Set(GPUS[value].map(({ gpus }) => gpus))].sort((a, b) => a - b);
    const prices = GPUS[value].flatMap(({ type }) => priceOf(type)?.usdPerHour ?? []);
    const from = prices.length > 0 ? `; a node from ${Math.min(...prices).toFixed(2)} USD an hour` : "";
    return { value, about: `${memory} GiB; ${either(counts)} on a node${from}` };
  });
}

/** Where and when the prices of `gpuChoices` hold. */
export function pricesNote(): string {
  return `On demand in ${PRICES.region}, ${PRICES.asOf}`;
}

function either(numbers: readonly number[]): string {
  return [numbers.slice(0, -1).join(", "), numbers.at(-1)].filter((part) => part !== "").join(" or ");
}
