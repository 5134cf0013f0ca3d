/** @internal */
const BINARY = { Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40 } as const;
const SIZE = /^([1-9][0-9]*)(Mi|Gi|Ti)$/;

/** A size as Kubernetes writes it: `200Gi`, `1Ti`. */
export type Size = `${number}${keyof typeof BINARY}`;

/** A length of time with its unit: `"90s"`, `"60m"`, `"2h"`. */
export type Duration = `${number}${"s" | "m" | "h"}`;

/** Bytes of a size, or `undefined` when it is not one. */
export function bytesOf(size: string): number | undefined {
  const match = SIZE.exec(size);
  return match ? Number(match[1]) * BINARY[match[2] as keyof typeof BINARY] : undefined;
}

/** A size in whole Gi, rounded up, as EBS volumes require. */
export function gibOf(size: Size): number {
  return Math.ceil((bytesOf(size) ?? 0) / BINARY.Gi);
}

/** The larger of two sizes. */
export function largerOf<S extends string>(one: S, other: S): S {
  return (bytesOf(one) ?? 0) < (bytesOf(other) ?? 0) ? other : one;
}

/** `12.3 MiB`: for people. */
export function formatBytes(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let value = bytes, unit = 0;
  while (value >= 1024 && unit < units.length - 1) value /= 1024, unit++;
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`;
}

/** `0.4 s`, `34 s`, `2 min 5 s`: for people. */
export function formatSeconds(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
