/** Timers that do not keep the process running. */

/**
 * A timer is a number of Deno's or an object of Node's: the compiled program's modules are scripts, to which Deno before
 * 2.9 gives Node's timers, and its own `unrefTimer` does not take them.
 */
export function unref(timer: unknown): void {
  if (typeof timer === "number") Deno.unrefTimer(timer);
  else (timer as { unref(): void }).unref();
}
