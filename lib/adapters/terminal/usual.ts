/**
 * How long steps took before, by their titles, in a file that only the user can read. Without it, or with one that
 * cannot be used, nothing is usual.
 */
import { dirname } from "node:path";
import { cacheFolder } from "../context/stat_cache.ts";
import { isTable } from "../../core/tables.ts";

/** So many of the last runs count, and so many steps are remembered: those that ran last. */
const RUNS = 5, STEPS = 500;
/** What takes less is not worth an expectation. */
const SHORTEST = 5;

export class UsualTimes {
  readonly #file: string;
  #times: Map<string, readonly number[]> | undefined;

  constructor(file: string) {
    this.#file = file;
  }

  static ofUser(): UsualTimes {
    return new UsualTimes(`${dirname(cacheFolder())}/times.json`);
  }

  /** The median of the last runs, in seconds. */
  of(title: string): number | undefined {
    const times = this.#read().get(title)?.toSorted((a, b) => a - b) ?? [];
    return times[Math.floor(times.length / 2)];
  }

  note(title: string, seconds: number): void {
    if (seconds < SHORTEST) return;
    const times = this.#read(), before = times.get(title) ?? [];
    times.delete(title);
    times.set(title, [...before, Math.round(seconds)].slice(-RUNS));
    this.#write([...times].slice(-STEPS));
  }

  #read(): Map<string, readonly number[]> {
    return this.#times ??= new Map(this.#stored());
  }

  #stored(): (readonly [string, readonly number[]])[] {
    try {
      const stored: unknown = JSON.parse(Deno.readTextFileSync(this.#file));
      return Object.entries(isTable(stored) ? stored : {}).flatMap(([title, times]) => {
        return Array.isArray(times) && times.every(Number.isFinite) ? [[title, times] as const] : [];
      });
    } catch {
      return [];
    }
  }

  /** At once, as the program may end at any time; a new file, so that no reader sees half of one. */
  #write(times: readonly (readonly [string, readonly number[]])[]): void {
    const written = `${this.#file}.${Deno.pid}`;
    try {
      Deno.mkdirSync(dirname(this.#file), { recursive: true, mode: 0o700 });
      Deno.writeTextFileSync(written, JSON.stringify(Object.fromEntries(times)), { mode: 0o600 });
      Deno.renameSync(written, this.#file);
    } catch {
      // It is only a convenience.
    }
  }
}
