import assert from "node:assert/strict";
import { failedStep, readLine } from "../../../../lib/images/backends/buildkit/progress.ts";

const LOG = `#1 [internal] load build definition from Dockerfile
#1 transferring dockerfile: 82B done
#1 DONE 0.0s

#4 importing cache manifest from r.example/a:buildcache
#4 ERROR: failed to configure registry cache importer: r.example/a:buildcache: not found

#5 [1/3] FROM docker.io/library/busybox:1.35
#5 CACHED

#6 [2/3] RUN echo one && exit 3
#6 0.101 one
#6 0.102  > [x/y] quoted:
#6 ERROR: process "/bin/sh -c echo one && exit 3" did not complete successfully: exit code: 3

#7 [3/3] RUN echo other
#7 CANCELED
`;
const SUMMARY = `------
 > [2/3] RUN echo one && exit 3:
0.101 one
------
------
 > importing cache manifest from r.example/a:buildcache:
------
Dockerfile:2
--------------------
   1 |     FROM docker.io/library/busybox:1.35
   2 | >>> RUN echo one && exit 3
--------------------
error: failed to solve: process "/bin/sh -c echo one && exit 3" did not complete successfully: exit code: 3
`;
const REASON = 'process "/bin/sh -c echo one && exit 3" did not complete successfully: exit code: 3';

Deno.test("the failing step and its output are found by BuildKit's summary, not by a cache that was missing", () => {
  assert.deepEqual(failedStep(LOG + SUMMARY), {
    step: "[2/3] RUN echo one && exit 3",
    output: ["one", `failed to solve: ${REASON}`],
  });
});

Deno.test("a log that broke off before its summary tells the step by its number", () => {
  assert.deepEqual(failedStep(LOG), {
    step: "[2/3] RUN echo one && exit 3",
    output: ["one", " > [x/y] quoted:", REASON],
  });
});

Deno.test("the last words that a Job kept tell the step, though the log's beginning is gone", () => {
  const kept = ` > [2/3] RUN echo one && exit 3:\n\n${SUMMARY.split("\n").slice(5).join("\n")}`;
  const { step, output } = failedStep(kept);
  assert.equal(step, "[2/3] RUN echo one && exit 3");
  assert.equal(output.at(-1), `failed to solve: ${REASON}`);
});

Deno.test("a step that could not start is told by its mark in the Dockerfile", () => {
  const log = (instruction: string) =>
    `${
      LOG.split("#6")[0]
    }#8 [2/2] COPY nothing.txt /\n#8 CANCELED\n------\n > importing cache manifest from r.example/a:\n` +
    `------\nDockerfile:2\n--------------------\n   1 |     FROM a\n   2 | >>> ${instruction}\n--------------------\n` +
    `error: failed to solve: it is not there`;
  const output = ["failed to solve: it is not there"];
  assert.deepEqual(failedStep(log("COPY nothing.txt /")), { step: "[2/2] COPY nothing.txt /", output });
  assert.deepEqual(failedStep(log("RUNN x")), { step: "Dockerfile:2 RUNN x", output });
});

Deno.test("an error without a step is told alone, and only the last lines are kept", () => {
  const parse = "error: failed to solve: dockerfile parse error on line 2: unknown instruction: RUNN";
  assert.deepEqual(failedStep(parse), { step: null, output: [parse.slice(7)] });
  const long = Array.from({ length: 90 }, (_, index) => `#6 0.1 line ${index}`).join("\n");
  const { output } = failedStep(`#6 [1/1] RUN x\n${long}\n#6 ERROR: no`, 5);
  assert.deepEqual(output, ["line 86", "line 87", "line 88", "line 89", "no"]);
});

Deno.test("each line of a step is read as what it tells", () => {
  const read = (line: string) => {
    const found = readLine(line);
    return found && [found.id, found.state, found.text];
  };
  assert.deepEqual(read("#6 [2/3] RUN make"), ["6", "started", "[2/3] RUN make"]);
  assert.deepEqual(read("#9 exporting to image"), ["9", "started", "exporting to image"]);
  assert.deepEqual(read("#6 12.345 gcc -c a.c"), ["6", "output", "gcc -c a.c"]);
  assert.deepEqual(read("#6 DONE 1.2s"), ["6", "done", "1.2s"]);
  assert.deepEqual(read("#5 CACHED"), ["5", "cached", ""]);
  assert.deepEqual(read("#6 ERROR: no"), ["6", "failed", "no"]);
  assert.deepEqual(read("#7 CANCELED"), ["7", "cancelled", ""]);
  for (const line of ["", "------", "#1 transferring dockerfile: 82B done", "Dockerfile:2"]) {
    assert.equal(read(line), null);
  }
});
