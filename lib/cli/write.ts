/** Writes to the two output streams. */

/** One of the program's two output streams. */
export interface Stream {
  /** Writes as many bytes as it can, and returns their number. */
  writeSync(bytes: Uint8Array): number;
  isTerminal(): boolean;
}

/** If the reader is gone (`unitune plan | head`), the writing ends, but not the program. */
export function writeTo(stream: Stream, text: string): void {
  const bytes = new TextEncoder().encode(text);
  try {
    for (let offset = 0; offset < bytes.length;) offset += stream.writeSync(bytes.subarray(offset));
  } catch (error) {
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}
