/**
 * Between the code that tells the story and the host that shows it: every event gets its time and level here, and every
 * text in it passes one mask. Code that emits cannot forget to hide a secret, as it has no other way to the host.
 */
import { type Emit, type EventBody, levelOf, type UnituneEvent } from "./events.ts";
import { type Mask, maskOf } from "./mask.ts";
import type { Clock } from "./ports.ts";
import { mapText } from "./text.ts";

export interface Emitter {
  readonly emit: Emit;
  /** From now on no event and no masked text shows these values. */
  readonly hide: (values: readonly Uint8Array[]) => void;
  /** For text that leaves by another way than an event: the message of an error, a report. */
  readonly mask: Mask;
}

export function emitterOf(tell: (event: UnituneEvent) => void, clock: Pick<Clock, "now">): Emitter {
  const hidden: Uint8Array[] = [];
  let mask = maskOf(hidden);
  return {
    emit: (event) => tell({ at: clock.now(), level: levelOf(event), ...masked(event, mask) }),
    hide: (values) => {
      hidden.push(...values);
      mask = maskOf(hidden);
    },
    mask: (text) => mask(text),
  };
}

/** A secret whose value is `done` hides no state: words of unitune's own types tell nothing of it. */
function masked(event: EventBody, mask: Mask): EventBody {
  const own = { type: event.type, ...(event.type === "end" && { state: event.state }) };
  return { ...mapText(event, mask), ...own } as EventBody;
}
