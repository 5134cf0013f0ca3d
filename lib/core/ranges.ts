/** IPv4 ranges: which are private, and how to write a range whose address has host bits set. */

interface Range {
  readonly base: number;
  readonly length: number;
  readonly hint: string | undefined;
}

/** `10.0.0.0/16` as numbers; `undefined` when it is not a range. The hint says how to correct it. */
export function rangeOf(text: unknown): Range | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})(?:\/(\d{1,2}))?$/.exec(String(text));
  const parts = match?.slice(1, 5).map(Number);
  const length = Number(match?.[5] ?? 32);
  if (!match || !parts || parts.some((part) => part > 255) || length > 32) return undefined;
  const base = parts.reduce((sum, part) => sum * 256 + part, 0), size = 2 ** (32 - length);
  const start = base - base % size;
  const right = `${addressOf(start)}/${length}`;
  return { base, length, hint: right === text ? undefined : `write "${right}"` };
}

function addressOf(base: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(base / 2 ** shift) % 256).join(".");
}

/** One of the `2 ** bits` equal parts of a range, counted from 0. */
export function partOfRange(text: string, bits: number, part: number): string {
  const range = rangeOf(text);
  if (!range) throw new Error(`Cannot divide ${text}: it is not a range`);
  const length = range.length + bits, size = 2 ** (32 - range.length);
  return `${addressOf(range.base - range.base % size + part * 2 ** (32 - length))}/${length}`;
}

const PRIVATE_RANGES = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"];
const PRIVATE = PRIVATE_RANGES.map((text) => rangeOf(text));

/** Where the instance metadata is, and the agent of Pod Identity. */
export const LINK_LOCAL = "169.254.0.0/16";
/** This host, loopback, protocol assignments, benchmarks (some VPCs use them), multicast and reserved: RFC 6890. */
const SPECIAL = ["0.0.0.0/8", "127.0.0.0/8", LINK_LOCAL, "192.0.0.0/24", "198.18.0.0/15", "224.0.0.0/3"];

/** The addresses of the Internet as ranges. */
export function publicRanges(): string[] {
  return without("0.0.0.0/0", [...PRIVATE_RANGES, ...SPECIAL]);
}

/** What is left of a range, as ranges, in order. */
export function without(text: string, holes: readonly string[]): string[] {
  const range = rangeOf(text);
  if (!range) throw new Error(`Cannot divide ${text}: it is not a range`);
  const inside = holes.filter((hole) => overlap(text, hole));
  if (inside.length === 0) return [text];
  if (inside.some((hole) => !isWider(text, hole))) return [];
  return [partOfRange(text, 1, 0), partOfRange(text, 1, 1)].flatMap((half) => without(half, inside));
}

export function isPrivate(range: Range): boolean {
  return PRIVATE.some((outer) => outer && covers(outer, range));
}

/** RFC 5737: TEST-NET-1, -2 and -3. https://www.rfc-editor.org/rfc/rfc5737 */
const DOCUMENTATION = ["192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24"];

/** Is the range, or a part of it, reserved for examples? */
export function isDocumentation(text: string): boolean {
  return DOCUMENTATION.some((range) => overlap(range, text));
}

/** Is the address in the range? Text that is not an address is in none. */
export function includesAddress(range: string, address: string): boolean {
  return !address.includes("/") && overlap(range, address);
}

function covers(outer: Range, range: Range): boolean {
  const size = 2 ** (32 - outer.length);
  return range.length >= outer.length && Math.floor(range.base / size) === Math.floor(outer.base / size);
}

/** A range as it should be written. */
export function isRange(text: string): boolean {
  const range = rangeOf(text);
  return !!range && !range.hint && range.length >= 1 && text.includes("/");
}

/** Does the first range hold the whole second one, and more? */
export function isWider(outer: string, inner: string): boolean {
  const [one, other] = [rangeOf(outer), rangeOf(inner)];
  return !!one && !!other && covers(one, other) && one.length < other.length;
}

/** Is the text an address in a private range? */
export function isPrivateAddress(text: string): boolean {
  const range = rangeOf(text);
  return !!range && range.length === 32 && isPrivate(range);
}

/** A range for a VPC. */
export function isPrivateRange(text: string): boolean {
  const range = rangeOf(text);
  return !!range && !range.hint && isPrivate(range) && range.length >= 16 && range.length <= 20;
}

/** A range for the addresses of Services, as EKS accepts it: unlike that of a VPC, not in shared address space. */
export function isServiceRange(text: string): boolean {
  const range = rangeOf(text), shared = rangeOf("100.64.0.0/10");
  if (!range || range.hint || range.length < 12 || range.length > 24) return false;
  return isPrivate(range) && !(shared && covers(shared, range));
}

/** Do the two share an address? Text that is not a range shares none. */
export function overlap(a: string, b: string): boolean {
  const [one, other] = [rangeOf(a), rangeOf(b)];
  return !!one && !!other && (covers(one, other) || covers(other, one));
}

/** A range that the API server may be opened to: EKS refuses private ones, and half the Internet is too wide. */
export function isPublicRange(text: string): boolean {
  const range = rangeOf(text);
  return !!range && !range.hint && !isPrivate(range) && range.length >= 8;
}
