/** The real emitter over an array, at a clock that stands still. */
import { type Emitter, emitterOf } from "../../lib/core/emitter.ts";
import type { UnituneEvent } from "../../lib/core/events.ts";

export interface Recorded extends Emitter {
  readonly events: readonly UnituneEvent[];
}

export function recordingEmitter(): Recorded {
  const events: UnituneEvent[] = [];
  return { ...emitterOf((event) => events.push(event), { now: () => 0 }), events };
}
