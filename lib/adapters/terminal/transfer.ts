/** How far the reading or sending of build contexts is, as one line. */
import type { TransferEvent } from "../../core/events.ts";
import { formatBytes } from "../../core/units.ts";
import { duration } from "./style.ts";

/** What is shown of transfers that are about no single step. */
export const TRANSFER_TITLE = "build contexts";

export function transferLine(event: TransferEvent): string {
  const { what, done, total, bytes, totalBytes, bytesPerSecond, secondsLeft } = event;
  const head = `${what === "files" ? "read" : "sent"} ${done} of ${total} ${what}`;
  const amount = `${formatBytes(bytes)} of ${formatBytes(totalBytes)}, ${formatBytes(bytesPerSecond)}/s`;
  return `${head}, ${amount}${secondsLeft === null || done === total ? "" : `, ${duration(secondsLeft)} left`}`;
}
