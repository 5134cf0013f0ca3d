/** Functions that go to the Worker as text must mean the same there, whatever a bundler made of them. */
import assert from "node:assert/strict";
import { transformSync } from "esbuild";
import { lockDown } from "../../lib/adapters/config/lockdown.ts";
import { makeDsl, makePlain } from "../../lib/config/dsl.ts";

/** The function's text after esbuild minified it and kept its names. */
async function bundled(path: string, name: string): Promise<string> {
  const source = await Deno.readTextFile(new URL(`../../lib/${path}`, import.meta.url));
  const { code } = transformSync(source, { loader: "ts", format: "esm", minify: true, keepNames: true });
  const module = await import(`data:text/javascript,${encodeURIComponent(code)}`);
  return String(module[name]);
}

/** Runs text in a Worker where nothing but the text is known. */
async function inWorker(text: string): Promise<unknown> {
  const worker = new Worker(`data:text/javascript,${encodeURIComponent(text)}`, { type: "module" });
  try {
    return await new Promise((resolve, reject) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = (event) => {
        event.preventDefault();
        reject(new Error(event.message));
      };
    });
  } finally {
    worker.terminate();
  }
}

/** From the sources, and from a bundle (made here, as esbuild leaves a port open in an older Deno). */
const TEXTS = [
  [String(makeDsl), String(makePlain), String(lockDown)],
  [
    await bundled("config/dsl.ts", "makeDsl"),
    await bundled("config/dsl.ts", "makePlain"),
    await bundled("adapters/config/lockdown.ts", "lockDown"),
  ],
];

Deno.test("the DSL and the lockdown work as text, from the sources and from a bundle", async () => {
  for (const [dsl, plain, lock] of TEXTS) {
    const answer = await inWorker(`
      const say = self.postMessage.bind(self), keep = Object.getOwnPropertyNames(globalThis).filter((name) => name !== "fetch");
      const left = (${lock})(keep, () => {});
      const dsl = { ...(${dsl})(), ...(${plain})() };
      const base = dsl.image({ context: "." }), pools = { cpu: dsl.cpuPool({}), gpu: dsl.gpuPool({}) };
      const images = { base, trainer: dsl.image({ needs: { base, other: dsl.image({}) } }) };
      say({ left, gone: typeof fetch, ...dsl.plain(dsl.defineConfig(() => ({ pools, images, tags: [1, null] })), {}) });
    `);
    assert.deepEqual(answer, {
      left: [],
      gone: "undefined",
      refused: [],
      value: {
        pools: { cpu: { $: "cpuPool" }, gpu: { $: "gpuPool" } },
        images: {
          base: { $: "image", context: "." },
          trainer: { $: "image", needs: { base: { $: "needs", image: "base" }, other: { $: "needs", image: null } } },
        },
        tags: [1, null],
      },
    });
  }
});
