import { createHash } from "node:crypto";

/** sha256 as 64 hex digits. */
export function sha256(data: string): string {
  return createHash("sha256").update(data).digest("hex");
}
