/** Compresses segments: in Workers, or in this thread if starting Workers would take longer. */
import { assetUrl } from "../assets.ts";
import { compress } from "./compress.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** A compressed segment, and the bytes that it was made of, to be used again. */
export interface Packed {
  readonly body: Bytes;
  readonly raw: Bytes;
}

export interface Packer {
  /** Takes ownership of the bytes until it returns them. */
  pack(raw: Bytes): Promise<Packed>;
  close(): void;
}

/** Below this many bytes a Worker costs more than it saves. */
const WORTH_A_WORKER = 8 * 2 ** 20;
/** Each costs as much memory as it has not collected yet; one core is left for reading, naming and sending. */
const WORKERS = navigator.hardwareConcurrency > 2 ? 2 : 1;

export function openPacker(bytes: number): Packer {
  if (bytes < WORTH_A_WORKER) return { pack: (raw) => Promise.resolve({ body: compress(raw), raw }), close: () => {} };
  const workers = Array.from({ length: WORKERS }, () => new PackWorker());
  return {
    pack: (raw) => workers.reduce((least, worker) => worker.waiting < least.waiting ? worker : least).pack(raw),
    close: () => workers.forEach((worker) => worker.close()),
  };
}

class PackWorker {
  readonly #worker = new Worker(assetUrl("lib/adapters/context/pack_worker.ts"), { type: "module" });
  /** Pending requests. The Worker answers them in order. */
  readonly #asked: PromiseWithResolvers<Packed>[] = [];

  constructor() {
    this.#worker.onmessage = (event: MessageEvent<Packed>) => this.#asked.shift()?.resolve(event.data);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      for (const asked of this.#asked.splice(0)) asked.reject(new Error(`Cannot compress a segment: ${event.message}`));
    };
  }

  get waiting(): number {
    return this.#asked.length;
  }

  pack(raw: Bytes): Promise<Packed> {
    const asked = Promise.withResolvers<Packed>();
    this.#asked.push(asked);
    this.#worker.postMessage(raw, [raw.buffer]);
    return asked.promise;
  }

  close(): void {
    this.#worker.terminate();
  }
}
