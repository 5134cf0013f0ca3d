/** Memory for segments that is used again: what the garbage collector has not seen yet would be most of a build's. */
import { SEGMENT_LIMIT } from "../../images/segments.ts";

/** A segment of the largest pieces with their headers; one of many small files with long names may need more. */
const USUAL: number = SEGMENT_LIMIT + 2 ** 20;

export class Buffers {
  readonly #free: ArrayBuffer[] = [];

  /** So many zero bytes. */
  take(length: number): Uint8Array<ArrayBuffer> {
    const at = this.#free.findIndex(({ byteLength }) => byteLength >= length);
    const [buffer = new ArrayBuffer(Math.max(length, USUAL))] = at < 0 ? [] : this.#free.splice(at, 1);
    return new Uint8Array(buffer, 0, length).fill(0);
  }

  give({ buffer }: Uint8Array<ArrayBuffer>): void {
    this.#free.push(buffer);
  }
}
