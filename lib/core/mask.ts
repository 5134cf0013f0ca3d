/** Keeps secret values out of logs and errors. */
import { Buffer } from "node:buffer";

export type Mask = (text: string) => string;

/** Masking shorter values would hide half of any log, and so reveal them. */
const SHORTEST = 4;

/**
 * Masks exact values, each line of a value with several, and a whole value in base64. Other forms that a build may turn
 * a secret into (a hash, another encoding) cannot be recognised.
 */
export function maskOf(values: readonly Uint8Array[]): Mask {
  const words = [...new Set(values.flatMap(wordsOf))].sort((a, b) => b.length - a.length);
  return (text) => words.reduce((masked, word) => masked.replaceAll(word, "***"), text);
}

function wordsOf(value: Uint8Array): string[] {
  const text = new TextDecoder().decode(value);
  const lines = [text, ...text.split("\n")].map((line) => line.trim());
  // Only whole groups of three bytes: what follows the value would change the last characters.
  const base64 = Buffer.from(value.subarray(0, value.length - value.length % 3)).toString("base64");
  return [...lines, ...(base64.length >= 2 * SHORTEST ? [base64] : [])].filter((word) => word.length >= SHORTEST);
}
