/** Keeps the values of secrets out of logs and errors. */
import { Buffer } from "node:buffer";

export type Mask = (text: string) => string;

/** Shorter ones would hide half of any log, and say by that what they are. */
const SHORTEST = 4;

/**
 * Hides exact values, each line of a longer one, and a whole value in base64. What a build makes of a secret otherwise,
 * a hash or another encoding, cannot be known here.
 */
export function maskOf(values: readonly Uint8Array[]): Mask {
  const words = [...new Set(values.flatMap(wordsOf))].sort((a, b) => b.length - a.length);
  return (text) => words.reduce((masked, word) => masked.replaceAll(word, "***"), text);
}

function wordsOf(value: Uint8Array): string[] {
  const text = new TextDecoder().decode(value);
  const lines = [text, ...text.split("\n")].map((line) => line.trim());
  // As far as whole groups of three bytes go: what follows the value changes its last characters.
  const base64 = Buffer.from(value.subarray(0, value.length - value.length % 3)).toString("base64");
  return [...lines, ...(base64.length >= 2 * SHORTEST ? [base64] : [])].filter((word) => word.length >= SHORTEST);
}
