/** One `lab:up` or `lab:down` at a time on a machine. */
import { data } from "./layout.ts";

export async function locked<T>(say: (text: string) => void, work: () => Promise<T>): Promise<T> {
  await Deno.mkdir(data.dir, { recursive: true });
  const file = await Deno.open(`${data.dir}/lock`, { create: true, write: true });
  const waiting = setTimeout(() => say("waits for another lab:up or lab:down to end"), 1000);
  // the kernel gives the lock back when the process ends, however it ends
  await file.lock(true);
  clearTimeout(waiting);
  try {
    return await work();
  } finally {
    file.close();
  }
}
