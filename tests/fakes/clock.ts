/** A clock that runs as fast as it is read: sleeping moves it on and gives way to other work. */
import type { Clock } from "../../lib/core/ports.ts";

export function fakeClock(start = 0): Clock {
  let now = start;
  return {
    now: () => now,
    sleep: async (milliseconds, signal) => {
      signal?.throwIfAborted();
      now += milliseconds;
      await new Promise((resolve) => setTimeout(resolve, 0));
    },
  };
}
