/**
 * A context of 200 MiB in 4,000 files: read (walked and hashed), packed and handed to a store that keeps nothing; and
 * what `tar | zstd -3` takes for the same folder, as the yardstick.
 */
import { readContext, storeContext } from "../../lib/adapters/context/mod.ts";
import type { ContextStorePort } from "../../lib/core/ports.ts";

const FILES = 4000, SIZE = 50 * 1024, LARGE = 8 * 2 ** 20;
const context = await Deno.makeTempDir({ prefix: "unitune-bench-" });
addEventListener("unload", () => Deno.removeSync(context, { recursive: true }));

/** Half text, half noise: compresses about as source and small binaries do. */
function content(size: number, seed: number): Uint8Array {
  const bytes = new Uint8Array(size);
  let state = seed + 1;
  for (let index = 0; index < size; index++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[index] = index % 1024 < 512 ? 97 + (state >>> 30) : state >>> 24;
  }
  return bytes;
}

for (let index = 0; index < FILES; index++) {
  const folder = `${context}/src/part${index % 40}`;
  if (index < 40) Deno.mkdirSync(folder, { recursive: true });
  Deno.writeFileSync(`${folder}/file${index}.txt`, content(index === 0 ? LARGE : SIZE, index));
}
Deno.writeTextFileSync(`${context}/Dockerfile`, "FROM scratch\n");

const nowhere: ContextStorePort = {
  stat: () => Promise.resolve(null),
  put: () => Promise.resolve(),
  empty: () => Promise.resolve(0),
};
const read = await readContext({ context, dockerfile: "Dockerfile" });
const { signal } = new AbortController();

Deno.bench("read 200 MiB: walk and hash", { group: "context" }, async () => {
  await readContext({ context, dockerfile: "Dockerfile" });
});

Deno.bench("store 200 MiB: pack, compress and name", { group: "context" }, async () => {
  await storeContext(read, nowhere, { signal });
});

Deno.bench("tar | zstd -3", { group: "context", baseline: true }, async () => {
  const args = ["-c", `tar -C "$1" -cf - . | zstd -q -3 -T1 > /dev/null`, "bench", context];
  const { success } = await new Deno.Command("bash", { args: ["-o", "pipefail", ...args] }).output();
  if (!success) throw new Error("tar or zstd failed");
});
