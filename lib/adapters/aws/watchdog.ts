/** Ends work that has stopped silently. */
import { UnituneError } from "../../core/errors.ts";

interface Watchdog {
  /** For the error: `deploy the stacks`. */
  readonly action: string;
  /** For how long nothing has happened. */
  readonly idleMs: () => number;
  /** Between two looks. Default: a second. */
  readonly tickMs?: number;
}

/** Far above every pause that the CDK toolkit makes between two requests. */
const TICKS = 90;

/** Counts looks, not time: a machine that slept has not waited. */
export async function unlessStuck<T>(
  working: Promise<T>,
  { action, idleMs, tickMs = 1000 }: Watchdog,
): Promise<T> {
  const { promise: stuck, reject } = Promise.withResolvers<never>();
  let quiet = 0;
  const timer = setInterval(() => {
    quiet = idleMs() < tickMs ? 0 : quiet + 1;
    if (quiet < TICKS) return;
    const hint = "CloudFormation finishes what it has started; run the same command again to continue";
    const seconds = Math.round(TICKS * tickMs / 1000);
    reject(new UnituneError("AWS_UNREACHABLE", `Cannot ${action}: nothing has happened for ${seconds} s`, { hint }));
  }, tickMs);
  try {
    return await Promise.race([working, stuck]);
  } finally {
    clearInterval(timer);
  }
}
