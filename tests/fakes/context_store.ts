/** A bucket of build contexts in memory, with a clock of its own. */
import type { ContextStorePort } from "../../lib/core/ports.ts";

export interface FakeStore extends ContextStorePort {
  readonly objects: Map<string, { readonly body: Uint8Array; readonly storedAt: number }>;
  /** Keys in the order they were put. */
  readonly puts: string[];
  now: number;
  /** Most puts under way at once. */
  busiest: number;
}

export function fakeStore(): FakeStore {
  let busy = 0;
  return {
    objects: new Map(),
    puts: [],
    now: 0,
    busiest: 0,
    stat(key) {
      const found = this.objects.get(key);
      return Promise.resolve(found ? { storedAt: found.storedAt, now: this.now, bytes: found.body.length } : null);
    },
    async put(key, body) {
      this.busiest = Math.max(this.busiest, ++busy);
      await new Promise((resolve) => setTimeout(resolve));
      busy--;
      this.puts.push(key);
      this.objects.set(key, { body, storedAt: this.now });
    },
    empty() {
      const count = this.objects.size;
      this.objects.clear();
      return Promise.resolve(count);
    },
  };
}
