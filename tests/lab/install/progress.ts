/** What a person reads on stderr while the lab comes up: a line a step, with the seconds since the start. */

export interface Progress {
  say(text: string): void;
  /** Runs a step and says how long it took; a long one reports every 30 seconds that it is still at work. */
  step<T>(name: string, work: () => Promise<T>): Promise<T>;
}

export function progressOn(write: (line: string) => void, now: () => number = () => performance.now()): Progress {
  const start = now();
  const seconds = (since: number) => ((now() - since) / 1000).toFixed(1);
  const say = (text: string) => write(`${seconds(start).padStart(7)}s  ${text}`);
  return {
    say,
    async step(name, work) {
      const began = now();
      const timer = setInterval(() => say(`${name}: still at work (${Math.round((now() - began) / 1000)} s)`), 30_000);
      try {
        const result = await work();
        say(`${name}: ${seconds(began)} s`);
        return result;
      } catch (error) {
        say(`${name}: failed after ${seconds(began)} s`);
        throw error;
      } finally {
        clearInterval(timer);
      }
    },
  };
}

/** Lines go out unbuffered, so that a killed run has said everything it did. */
export const stderrProgress = (): Progress =>
  progressOn((line) => Deno.stderr.writeSync(new TextEncoder().encode(`${line}\n`)));
