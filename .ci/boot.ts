/**
 * The first module of the compiled program. It holds next to nothing: every other module is in the archive (see
 * `.ci/archive.ts`), and is unpacked in memory when it is imported. Nothing is written to a disk. What never changes, help
 * and version, is printed without any other module.
 */
import "../lib/cli/shell.ts"; // first: no other code has run yet
import { createHash } from "node:crypto";
import { createRequire } from "node:module";
import { runInThisContext } from "node:vm";
import { zstdDecompressSync } from "node:zlib";
import { versionText } from "../lib/cli/version.ts";
import { writeTo } from "../lib/cli/write.ts";
import { type ArchiveIndex, START } from "./archive.ts";

/** A module, as `.ci/bundle.ts` wraps it. */
type Body = (
  exports: object,
  require: (name: string) => unknown,
  module: { exports: object },
  file: string,
  folder: string,
  url: string,
  data: (name: string) => Uint8Array,
  // Deno gives Node.js's timers, which are objects, to code that node:vm compiles; Deno's own functions take numbers.
  ...timers: readonly unknown[]
) => void;

const here = import.meta.url;
const timers = [setTimeout, setInterval, clearTimeout, clearInterval];
let known: ArchiveIndex | undefined;
const unpacked = new Map<number, Uint8Array>(), loaded = new Map<string, { exports: object }>();
const builtin = createRequire(here);

function load(name: string): unknown {
  if (!name.startsWith("./")) return builtin(name);
  const known = loaded.get(name);
  if (known) return known.exports;
  const url = new URL(name, here), file = decodeURIComponent(url.pathname), module = { exports: {} };
  loaded.set(name, module);
  const body: Body = runInThisContext(new TextDecoder().decode(data(name.slice(2))), { filename: file });
  body(module.exports, load, module, file, file.slice(0, file.lastIndexOf("/")), url.href, data, ...timers);
  return module.exports;
}

function data(name: string): Uint8Array {
  const index = known ??= JSON.parse(Deno.readTextFileSync(new URL("archive.json", here))) as ArchiveIndex;
  const [block, from, to] = index.entries[name]!;
  if (!unpacked.has(block)) unpacked.set(block, unpack(index, block));
  return unpacked.get(block)!.subarray(from, to);
}

function unpack(index: ArchiveIndex, block: number): Uint8Array {
  if (block === START) return Deno.readFileSync(new URL("start.bin", here));
  const { start, size, sha256, raw } = index.blocks[block]!;
  const bytes: Uint8Array = index.inProgram
    ? fromProgram(index.size - start, size)
    : Deno.readFileSync(new URL("archive.bin", here)).subarray(start, start + size);
  if (createHash("sha256").update(bytes).digest("hex") !== sha256) {
    console.error(
      "error UNEXPECTED: The program was replaced while it ran, or is damaged\n  hint: run the command again, or install unitune again",
    );
    Deno.exit(1);
  }
  return raw ? bytes : zstdDecompressSync(bytes);
}

/** The last eight bytes of the program say how long the part is that follows the archive. */
function fromProgram(fromEnd: number, size: number): Uint8Array {
  using file = Deno.openSync(Deno.execPath());
  const end = file.seekSync(-8, Deno.SeekMode.End) + 8;
  const after = Number(new DataView(read(file, 8).buffer).getBigUint64(0, true));
  file.seekSync(end - after - fromEnd, Deno.SeekMode.Start);
  return read(file, size);
}

function read(file: Deno.FsFile, size: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size);
  for (let at = 0, got: number | null = 1; at < size && got; at += got ?? 0) got = file.readSync(bytes.subarray(at));
  return bytes;
}

/** Texts by the arguments that ask for them, separated by spaces. */
function knownAnswer(args: string): string | undefined {
  if (/^(--version|-V)$/.test(args)) return `${versionText()}\n`;
  if (!/^(help\b.*|(.* )?(--help|-h))$/.test(args)) return undefined;
  return JSON.parse(Deno.readTextFileSync(new URL("help.json", here)))[args];
}

const answer = knownAnswer(Deno.args.join(" "));
if (answer === undefined) await (load("./main.mjs") as { default: Promise<void> }).default;
else writeTo(Deno.stdout, answer);
