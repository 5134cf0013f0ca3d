import { within } from "./within.ts";

export interface Line {
  readonly text: string;
  /** Whether the line ended. If not, it may be half a line from a broken connection. */
  readonly whole: boolean;
}

/** Yields the lines of a response's body as they arrive. Throws if it is silent for too long. */
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
    // A stream that has already failed cannot be cancelled.
    reader.cancel().catch(() => undefined);
  }
  if (rest) yield { text: rest, whole: false };
}
