/**
 * The emitter stands between library code and the host: it adds time and level to every event and masks every text in
 * it. Library code has no other way to the host, so it cannot forget to hide a secret.
 */
import { type Emit, type EventBody, levelOf, type UnituneEvent } from "./events.ts";
import { type Mask, maskOf } from "./mask.ts";
import type { Clock } from "./ports.ts";
import { mapText } from "./text.ts";

export interface Emitter {
  readonly emit: Emit;
  /** Hides these values in every later event and masked text. */
  readonly hide: (values: readonly Uint8Array[]) => void;
  /** For text that does not leave as an event: the message of an error, a report. */
  readonly mask: Mask;
}

export function emitterOf(send: (event: UnituneEvent) => void, clock: Pick<Clock, "now">): Emitter {
  const hidden: Uint8Array[] = [];
  let mask = maskOf(hidden);
  return {
    emit: (event) => send({ at: clock.now(), level: levelOf(event), ...masked(event, mask) }),
    hide: (values) => {
      hidden.push(...values);
      mask = maskOf(hidden);
    },
    mask: (text) => mask(text),
  };
}

/** `type` and `state` are unitune's own words and stay as they are, even if a secret's value is `done`. */
function masked(event: EventBody, mask: Mask): EventBody {
  const own = { type: event.type, ...(event.type === "end" && { state: event.state }) };
  return { ...mapText(event, mask), ...own } as EventBody;
}
