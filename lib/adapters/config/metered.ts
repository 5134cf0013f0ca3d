/**
 * Puts a meter into a WebAssembly module: every loop counts down, and at zero the module traps. The engine asks whether
 * its time is over only while it interprets, so a single built-in function could run for hours, as `join` of a list
 * with a length of 2 ** 32 does, which takes no memory. With the meter, nothing inside runs for long unasked.
 */

/** Name of the exported counter. */
export const FUEL = "unitune_fuel";

const MUTABLE_I32 = [0x7f, 0x01];
const SECTIONS = { import: 2, global: 6, export: 7, code: 10 } as const;
const LOOP = 0x03;

/** Throws for a module that has instructions which this does not know. */
export function metered(module: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const reader = new Reader(module, 8), out: Uint8Array[] = [module.subarray(0, 8)];
  let counter = 0;
  while (!reader.isAtEnd) {
    const id = reader.byte(), size = reader.number(), end = reader.at + size;
    let body = module.subarray(reader.at, end);
    if (id === SECTIONS.import) counter += importedGlobals(new Reader(body));
    if (id === SECTIONS.global) {
      counter += new Reader(body).number();
      body = withEntry(body, [...MUTABLE_I32, 0x41, 0x00, 0x0b]);
    }
    if (id === SECTIONS.export) body = withEntry(body, [...text(FUEL), 0x03, ...number(counter)]);
    if (id === SECTIONS.code) body = meteredCode(body, counter);
    out.push(Uint8Array.from([id, ...number(body.length)]), body);
    reader.at = end;
  }
  return concatenated(out);
}

class Reader {
  constructor(readonly bytes: Uint8Array, public at = 0) {}

  get isAtEnd(): boolean {
    return this.at >= this.bytes.length;
  }

  byte(): number {
    const byte = this.bytes[this.at++];
    if (byte === undefined) throw new Error("Cannot meter the module: it ends within an instruction");
    return byte;
  }

  /** LEB128. Of signed numbers only the length matters here. */
  number(): number {
    let value = 0, factor = 1;
    for (;;) {
      const byte = this.byte();
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
      factor *= 128;
    }
  }

  numbers(count: number): void {
    for (let index = 0; index < count; index++) this.number();
  }
}

function importedGlobals(reader: Reader): number {
  let globals = 0;
  for (let left = reader.number(); left > 0; left--) {
    for (let names = 0; names < 2; names++) {
      const length = reader.number();
      reader.at += length;
    }
    const kind = reader.byte();
    if (kind === 0) reader.number();
    else if (kind === 3) {
      globals++;
      reader.at += 2;
    } else {
      if (kind === 1) reader.byte();
      reader.numbers(reader.byte() & 1 ? 2 : 1);
    }
  }
  return globals;
}

/** The section with one more entry at its end. */
function withEntry(section: Uint8Array, entry: readonly number[]): Uint8Array<ArrayBuffer> {
  const reader = new Reader(section), count = reader.number();
  return concatenated([Uint8Array.from(number(count + 1)), section.subarray(reader.at), Uint8Array.from(entry)]);
}

function meteredCode(section: Uint8Array, counter: number): Uint8Array<ArrayBuffer> {
  const reader = new Reader(section), count = reader.number(), out: Uint8Array[] = [Uint8Array.from(number(count))];
  const index = number(counter), get = [0x23, ...index];
  // fuel = fuel - 1; if (fuel == 0) trap
  const meter = Uint8Array.from([...get, 0x41, 0x01, 0x6b, 0x24, ...index, ...get, 0x45, 0x04, 0x40, 0x00, 0x0b]);
  for (let left = count; left > 0; left--) {
    const size = reader.number(), start = reader.at, end = start + size;
    const pieces = withMeters(new Reader(section.subarray(0, end), start), meter);
    const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
    out.push(Uint8Array.from(number(length)), ...pieces);
    reader.at = end;
  }
  return concatenated(out);
}

/** A function's body in pieces, with the meter behind the head of each loop. */
function withMeters(reader: Reader, meter: Uint8Array): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  let from = reader.at;
  for (let groups = reader.number(); groups > 0; groups--) reader.numbers(2);
  while (!reader.isAtEnd) {
    const opcode = reader.byte();
    skipOperands(opcode, reader);
    if (opcode !== LOOP) continue;
    pieces.push(reader.bytes.subarray(from, reader.at), meter);
    from = reader.at;
  }
  return [...pieces, reader.bytes.subarray(from)];
}

/** How many numbers follow an instruction. What is not listed has none. */
const OPERANDS: ReadonlyMap<number, number> = new Map([
  ...[0x02, 0x03, 0x04, 0x0c, 0x0d, 0x10, 0xd0, 0xd2, 0x3f, 0x40, 0x41, 0x42].map((code) => [code, 1] as const),
  ...[0x20, 0x21, 0x22, 0x23, 0x24, 0x25, 0x26].map((code) => [code, 1] as const),
  ...Array.from({ length: 0x3e - 0x28 + 1 }, (_, at) => [0x28 + at, 2] as const),
  [0x11, 2],
]);
/** The same for those behind the prefix 0xfc. */
const BULK_OPERANDS = [0, 0, 0, 0, 0, 0, 0, 0, 2, 1, 2, 1, 2, 1, 2, 1, 1, 1];
const UNKNOWN_FROM = 0xd3;

function skipOperands(opcode: number, reader: Reader): void {
  const count = OPERANDS.get(opcode);
  if (count !== undefined) return reader.numbers(count);
  if (opcode === 0x0e || opcode === 0x1c) return reader.numbers(reader.number() + (opcode === 0x0e ? 1 : 0));
  if (opcode === 0x43) return void (reader.at += 4);
  if (opcode === 0x44) return void (reader.at += 8);
  const bulk = opcode === 0xfc ? BULK_OPERANDS[reader.number()] : undefined;
  if (bulk !== undefined) return reader.numbers(bulk);
  const isKnown = opcode < UNKNOWN_FROM && !(opcode >= 0x06 && opcode <= 0x0a) && !(opcode >= 0x12 && opcode <= 0x19);
  if (!isKnown) throw new Error(`Cannot meter the module: it has instruction 0x${opcode.toString(16)}`);
}

function number(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value;; rest = Math.floor(rest / 128)) {
    if (rest < 128) return [...bytes, rest];
    bytes.push(rest % 128 + 128);
  }
}

function text(value: string): number[] {
  const bytes = [...new TextEncoder().encode(value)];
  return [...number(bytes.length), ...bytes];
}

function concatenated(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
