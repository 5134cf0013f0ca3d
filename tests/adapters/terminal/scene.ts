/** What an apply shows, in a process of its own: it starts two steps, and ends them when a line is typed. */
import { Terminal } from "../../../lib/cli/terminal.ts";
import { processWorld } from "../../../lib/cli/world.ts";
import { type EventBody, levelOf } from "../../../lib/core/events.ts";

// What steps took is remembered there, and not where the user's own runs are.
Deno.env.set("XDG_CACHE_HOME", Deno.args[0]!);
const world = processWorld({ signal: new AbortController().signal, listen: () => {} });
const { host } = new Terminal({ color: true }, world);
const emit = (event: EventBody) => host.emit({ at: Date.now(), level: levelOf(event), ...event });

emit({ type: "start", id: "stacks", title: `stacks ${"x".repeat(60)}` });
emit({ type: "start", id: "build:a", title: "image a" });
emit({ type: "progress", id: "build:a", message: "waits for a node: Karpenter finds no capacity" });
await Deno.stdin.read(new Uint8Array(10));
emit({ type: "progress", id: "build:a", message: "builds" });
await Deno.stdin.read(new Uint8Array(10));
emit({ type: "end", id: "build:a", state: "done", seconds: 9 });
emit({ type: "end", id: "stacks", state: "failed", seconds: 90 });
