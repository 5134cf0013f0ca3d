/** Compresses segments: in Workers, or in this thread if starting Workers would take longer. */
import { assetUrl } from "../assets.ts";
import { compress, type Compressed } from "./compress.ts";

export interface Packer {
  /** Takes ownership of the bytes: the caller must not use them afterwards. */
  pack(raw: Uint8Array<ArrayBuffer>): Promise<Compressed>;
  close(): void;
}

/** Below this many bytes a Worker costs more than it saves. */
const WORTH_A_WORKER = 8 * 2 ** 20;
const WORKERS = 2;

export function openPacker(bytes: number): Packer {
  if (bytes < WORTH_A_WORKER) return { pack: (raw) => Promise.resolve(compress(raw)), close: () => {} };
  const workers = Array.from({ length: WORKERS }, () => new PackWorker());
  return {
    pack: (raw) => workers.reduce((least, worker) => worker.waiting < least.waiting ? worker : least).pack(raw),
    close: () => workers.forEach((worker) => worker.close()),
  };
}

class PackWorker {
  readonly #worker = new Worker(assetUrl("lib/adapters/context/pack_worker.ts"), { type: "module" });
  /** Pending requests. The Worker answers them in order. */
  readonly #asked: PromiseWithResolvers<Compressed>[] = [];

  constructor() {
    this.#worker.onmessage = (event: MessageEvent<Compressed>) => this.#asked.shift()?.resolve(event.data);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      for (const asked of this.#asked.splice(0)) asked.reject(new Error(`Cannot compress a segment: ${event.message}`));
    };
  }

  get waiting(): number {
    return this.#asked.length;
  }

  pack(raw: Uint8Array<ArrayBuffer>): Promise<Compressed> {
    const asked = Promise.withResolvers<Compressed>();
    this.#asked.push(asked);
    this.#worker.postMessage(raw, [raw.buffer]);
    return asked.promise;
  }

  close(): void {
    this.#worker.terminate();
  }
}
