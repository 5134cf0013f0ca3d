/** Functions that go to the sandbox as text must mean the same there, whatever a bundler made of them. */
import assert from "node:assert/strict";
import { transformSync } from "esbuild";
import { runInside } from "../../../lib/adapters/config/engine.ts";
import { lockDown } from "../../../lib/adapters/config/lockdown.ts";
import { makeDsl, makeKinds, makePlain } from "../../../lib/config/dsl.ts";

/** The function's text after esbuild minified it and kept its names. */
async function bundled(path: string, name: string): Promise<string> {
  const source = await Deno.readTextFile(new URL(`../../../lib/${path}`, import.meta.url));
  const { code } = transformSync(source, { loader: "ts", format: "esm", minify: true, keepNames: true });
  const module = await import(`data:text/javascript,${encodeURIComponent(code)}`);
  return String(module[name]);
}

/** Runs an expression in the sandbox's engine, where nothing but the text is known. */
async function inside(expression: string): Promise<unknown> {
  const outcome = await runInside({
    prelude: `() => ({ finish: () => JSON.stringify(${expression}) })`,
    log: () => {},
    modules: new Map([["main", "export default 1;"]]),
    resolve: () => undefined,
    entry: "main",
    finish: "finish",
    context: "",
  }, { timeoutMs: 10_000, memoryBytes: 64 << 20 });
  assert.equal(outcome.kind, "done", JSON.stringify(outcome));
  return outcome.kind === "done" && JSON.parse(outcome.text);
}

/** From the sources, and from a bundle (made here, as esbuild leaves a port open in an older Deno). */
const TEXTS = [
  [String(makeDsl), String(makePlain), String(makeKinds), String(lockDown)],
  [
    await bundled("config/dsl.ts", "makeDsl"),
    await bundled("config/dsl.ts", "makePlain"),
    await bundled("config/dsl.ts", "makeKinds"),
    await bundled("adapters/config/lockdown.ts", "lockDown"),
  ],
];

Deno.test("the DSL and the lockdown work as text, from the sources and from a bundle", async () => {
  for (const [dsl, plain, kinds, lock] of TEXTS) {
    const answer = await inside(`(() => {
      const keep = Object.getOwnPropertyNames(globalThis).filter((name) => name !== "eval");
      const left = (${lock})(keep, () => {});
      const dsl = { ...(${dsl})(), ...(${plain})((${kinds})()) };
      const base = dsl.image({ context: "." }), pools = { cpu: dsl.cpuPool({}), gpu: dsl.gpuPool({}) };
      const images = { base, trainer: dsl.image({ needs: { base, other: dsl.image({}) } }) };
      return { left, gone: typeof eval, ...dsl.plain(dsl.defineConfig(() => ({ pools, images, tags: [1, null] })), {}) };
    })()`);
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
