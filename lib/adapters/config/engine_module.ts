/** The engine's WebAssembly module, with a meter in its loops. It is compiled once. */
import variant from "@jitl/quickjs-ng-wasmfile-release-sync";
import {
  newQuickJSWASMModuleFromVariant,
  newVariant,
  type QuickJSSyncVariant,
  type QuickJSWASMModule,
} from "quickjs-emscripten-core";
import { FUEL, metered } from "./metered.ts";

interface Engine {
  readonly quickjs: QuickJSWASMModule;
  /** Counts down with every round of a loop; at zero the engine traps. */
  readonly fuel: WebAssembly.Global;
}

type Receive = (instance: WebAssembly.Instance) => void;

let compiled: Promise<WebAssembly.Module> | undefined;

/** A new engine, which shares nothing with others. */
export async function newEngine(): Promise<Engine> {
  const module = await (compiled ??= compile());
  let fuel: Engine["fuel"] | undefined;
  const instantiateWasm = (imports: WebAssembly.Imports, receive: Receive) => {
    const instance = new WebAssembly.Instance(module, imports);
    fuel = instance.exports[FUEL] as Engine["fuel"];
    receive(instance);
    return instance.exports;
  };
  // deno-lint-ignore no-explicit-any -- the declared options lack Emscripten's own
  const emscriptenModule = { instantiateWasm } as any;
  const own = newVariant(variant as unknown as QuickJSSyncVariant, { emscriptenModule });
  const quickjs = await newQuickJSWASMModuleFromVariant(own);
  return { quickjs, fuel: fuel! };
}

async function compile(): Promise<WebAssembly.Module> {
  // The bundle holds the module with its meter, under a name that `deno compile` does not take for a module.
  if (import.meta.url.endsWith(".mjs")) {
    return await WebAssembly.compile(await Deno.readFile(new URL("./quickjs.bin", import.meta.url)));
  }
  const file = new URL(import.meta.resolve("@jitl/quickjs-ng-wasmfile-release-sync/wasm"));
  return await WebAssembly.compile(metered(await Deno.readFile(file)));
}
