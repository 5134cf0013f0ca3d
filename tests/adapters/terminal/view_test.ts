import assert from "node:assert/strict";
import type { EventBody } from "../../../lib/core/events.ts";
import { painter } from "../../../lib/adapters/terminal/style.ts";
import { EMPTY_VIEW, liveLines, showEvent, type View } from "../../../lib/adapters/terminal/view.ts";
import { logs, SOURCE, VPC } from "./samples.ts";

const quiet = { paint: painter(false), verbose: false };

/** Feeds events to the view, one a second. */
function show(events: readonly EventBody[], verbose = false): { lines: string[]; live: string[] } {
  let view: View = EMPTY_VIEW;
  const lines: string[] = [];
  let now = 0;
  for (const event of events) {
    const shown = showEvent(view, event, { ...quiet, verbose, now });
    view = shown.view;
    lines.push(...shown.lines);
    now += 1000;
  }
  return { lines, live: liveLines(view, 100, { ...quiet, now }) };
}

Deno.test("the terminal folds a build's log into one line a step", () => {
  const { lines, live } = show(logs(
    "#1 [internal] load build definition from Dockerfile",
    "#1 DONE 0.0s",
    "#5 [1/3] FROM docker.io/library/busybox:1.35",
    "#5 CACHED",
    "#6 [2/3] COPY . /app",
    "#7 [3/3] RUN make",
    "#7 0.112 compiling a.c",
    "#6 DONE 0.1s",
    "#7 [3/3] RUN make",
    "#7 0.345 compiling b.c",
  ));
  assert.deepEqual(lines, [
    "  base  [1/3] FROM docker.io/library/busybox:1.35  CACHED",
    "  base  [2/3] COPY . /app  0.1 s",
  ]);
  assert.deepEqual(live, ["image base  11 s  [3/3] RUN make: compiling b.c"]);
});

Deno.test("a failing step shows its error once; its output is told by the build's error", () => {
  const { lines } = show(logs(
    "#7 [2/2] RUN false",
    "#7 0.1 about to fail",
    "#7 ERROR: process did not complete successfully: exit code: 1",
    "------",
    " > [2/2] RUN false:",
    "0.1 about to fail",
    "------",
    "------",
    " > importing cache manifest from r.example/a:buildcache:",
    "------",
    "Dockerfile:2",
    "--------------------",
    "   2 | >>> RUN false",
    "--------------------",
    "error: failed to solve: process did not complete successfully: exit code: 1",
  ));
  assert.deepEqual(lines, [
    "  base  [2/2] RUN false  failed",
    "  base    | process did not complete successfully: exit code: 1",
    "  base  Dockerfile:2",
    "  base  --------------------",
    "  base     2 | >>> RUN false",
    "  base  --------------------",
  ]);
});

Deno.test("a cache that could not be stored is not shown as a failure, as the image does not depend on it", () => {
  const { lines } = show(logs("#9 exporting cache to registry", "#9 ERROR: 403 Forbidden"));
  assert.deepEqual(lines, ["  base  exporting cache to registry  left out", "  base    | 403 Forbidden"]);
});

Deno.test("lines of no step between two builds' summaries stay on the terminal", () => {
  const { lines } = show(logs("------", " > [1/1] RUN x:", "------", "Cannot fetch the build context"));
  assert.deepEqual(lines, ["  base  Cannot fetch the build context"]);
});

Deno.test("a failed resource stays on the terminal with its reason, the others are counted", () => {
  const { lines, live } = show([
    { type: "start", id: "stacks", title: "stacks acme-vpc" },
    { ...VPC, status: "CREATE_COMPLETE" },
    { ...VPC, logicalId: "Nat", resourceType: "AWS::EC2::NatGateway", status: "CREATE_FAILED", reason: "no address" },
  ]);
  assert.deepEqual(lines, ["  CREATE_FAILED  Nat (AWS::EC2::NatGateway): no address"]);
  assert.match(live[0]!, /^stacks acme-vpc {2}3\.0 s {2}1 resources done, CREATE_FAILED/);
});

Deno.test("an ended change leaves one line and is no longer drawn", () => {
  const { lines, live } = show([
    { type: "start", id: "charts", title: "Karpenter 1.14.3" },
    { type: "progress", id: "charts", message: "pulling" },
    { type: "end", id: "charts", state: "done", seconds: 75.2, detail: "installed" },
    { type: "end", id: "build:x", state: "skipped", seconds: 0, detail: "charts failed" },
  ]);
  assert.deepEqual(lines, ["done       Karpenter 1.14.3  1 min 15 s  installed", "skipped    build:x  charts failed"]);
  assert.deepEqual(live, []);
});

Deno.test("a word about a change that does not run is not drawn for ever", () => {
  const { lines, live } = show([
    { type: "progress", id: "nobody", message: "lost" },
    { type: "log", id: "nobody", line: "a line", source: SOURCE },
    { ...VPC, id: "nobody", status: "DELETE_FAILED", reason: "in use" },
  ]);
  assert.deepEqual(lines, ["  nobody  a line", "  DELETE_FAILED  Vpc (AWS::EC2::VPC): in use"]);
  assert.deepEqual(live, []);
});
