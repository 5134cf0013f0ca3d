import { within } from "./within.ts";

export interface Line {
  readonly text: string;
  /** Did its end come? A last line without one may be half a line of a cut connection. */
  readonly whole: boolean;
}

/** The lines of a response's body as they come; throws when it is silent for too long. */
export async function* linesOf(response: Response, silence: number): AsyncGenerator<Line> {
  if (!response.body) return;
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  let rest = "";
  try {
    while (true) {
      const { done, value } = await within(silence, () => reader.read());
      if (done) break;
      const lines = (rest + decoder.decode(value, { stream: true })).split("\n");
      rest = lines.pop()!;
      for (const text of lines) yield { text, whole: true };
    }
  } finally {
    rest += decoder.decode();
    // Of a stream that failed already there is nothing to cancel.
    reader.cancel().catch(() => undefined);
  }
  if (rest) yield { text: rest, whole: false };
}
