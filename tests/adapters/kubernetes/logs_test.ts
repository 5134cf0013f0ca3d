/** A log loses no line and repeats none, whatever becomes of its connection. */
import assert from "node:assert/strict";
import { failure, pod, PODS } from "./samples.ts";
import { json, serving, stream } from "./server.ts";

type ContainerState = "waiting" | "running" | "terminated";
const withState = (state: ContainerState, phase = "Running") =>
  json({ ...pod("p", 1), status: { phase, containerStatuses: [{ name: "main", state: { [state]: {} } }] } });

/** Reads a log whose container is in these states, one a look (the last stays), and whose requests give these bodies. */
async function logLines(
  states: ContainerState[],
  bodies: Response[],
): Promise<{ lines: string[]; since: (string | null)[] }> {
  const lines: string[] = [];
  let since: (string | null)[] = [];
  const answer = ({ path }: { path: string }) => {
    if (path === `${PODS}/p/log`) return bodies.shift();
    return withState(states.length > 1 ? states.shift()! : states[0]!);
  };
  await serving(answer, async ({ kube, calls }) => {
    for await (const line of kube.logs("p", "main", "builds", new AbortController().signal)) lines.push(line);
    since = calls.filter(({ path }) => path.endsWith("/log")).map(({ query }) => query.get("sinceTime"));
  });
  return { lines, since };
}

const at = (moment: string, text: string) => `2026-11-24T10:00:${moment}Z ${text}\n`;

Deno.test("a log is waited for while its container has not started, and read to its end", async () => {
  const { lines, since } = await logLines(["waiting", "waiting", "running", "terminated"], [
    stream([at("01.000000001", "one"), at("01.000000002", "two")], "end"),
    stream([at("01.000000001", "one"), at("01.000000002", "two"), at("02.5", "three")], "end"),
  ]);
  assert.deepEqual(lines, ["one", "two", "three"]);
  assert.deepEqual(since, [null, "2026-11-24T10:00:00Z"]);
});

Deno.test("a log that is cut anywhere loses no line and repeats none, even of equal lines at one moment", async () => {
  const same = at("03.000000007", "same");
  const { lines } = await logLines(["running", "running", "terminated"], [
    stream([at("02.1", "a"), same, same, at("03.2", "half a li").trimEnd().slice(0, -3)], "cut"),
    stream([at("02.1", "a"), same, same, same, at("03.2", "half a line"), at("03.2", "")], "cut"),
    stream([at("02.1", "a"), same, same, same, at("03.2", "half a line"), at("03.2", ""), at("09.9", "last")], "end"),
  ]);
  assert.deepEqual(lines, ["a", "same", "same", "same", "half a line", "", "last"]);
});

Deno.test("a log whose container ended is not taken for read when the connection is cut before its end", async () => {
  const { lines } = await logLines(["terminated"], [
    stream([at("01.1", "one")], "cut"),
    stream([at("01.1", "one"), at("01.2", "two without an end").trimEnd()], "end"),
  ]);
  assert.deepEqual(lines, ["one", "two without an end"]);
});

Deno.test("a log that closes in the middle of a line gives the line once, and whole", async () => {
  const { lines } = await logLines(["running", "terminated"], [
    stream([at("01.1", "one"), at("01.2", "two").slice(0, -3)], "end"),
    stream([at("01.1", "one"), at("01.2", "two")], "end"),
  ]);
  assert.deepEqual(lines, ["one", "two"]);
});

Deno.test("times of any zone and with any number of digits are understood", async () => {
  const { lines } = await logLines(["running", "terminated"], [
    stream(["2026-11-24T12:00:01.5+02:00 one\n", "2026-11-24T12:00:01.51+02:00 two\n"], "cut"),
    stream([
      "2026-11-24T12:00:01.5+02:00 one\n",
      "2026-11-24T12:00:01.51+02:00 two\n",
      "2026-11-24T12:00:01.6+02:00 three\n",
    ], "end"),
  ]);
  assert.deepEqual(lines, ["one", "two", "three"]);
});

Deno.test("a quiet log is taken up again where it was", async () => {
  const { lines } = await logLines(["running", "terminated"], [
    stream([at("01.1", "one")], "silence"),
    stream([at("01.1", "one"), at("59.1", "two")], "end"),
  ]);
  assert.deepEqual(lines, ["one", "two"]);
});

Deno.test("a log that is rotated while its connection is broken repeats nothing, and says that lines may be missing", async () => {
  const { lines } = await logLines(["running", "running", "terminated"], [
    stream([at("01.1", "one"), at("02.1", "two")], "cut"),
    stream([at("02.9", "after the rotation"), at("03.1", "more")], "cut"),
    stream([at("02.9", "after the rotation"), at("03.1", "more"), at("04.1", "last")], "end"),
  ]);
  const gap = "[the node began a new log file while the connection was broken: lines before this one may be missing]";
  assert.deepEqual(lines, ["one", "two", gap, "after the rotation", "more", "last"]);
});

Deno.test("a log that the node rotates while it is read, and closes there, goes on in the new file", async () => {
  const { lines } = await logLines(["running", "terminated"], [
    stream([at("01.1", "one"), at("02.1", "two"), at("02.2", "in the new file")], "end"),
    stream([at("02.2", "in the new file"), at("02.3", "last")], "end"),
  ]);
  assert.deepEqual(lines, ["one", "two", "in the new file", "last"]);
});

Deno.test("what the node says in place of a log is an error with the node's words, after some tries", async () => {
  const bodies = Array.from(
    { length: 20 },
    () => stream(["unable to retrieve container logs for containerd://x"], "end"),
  );
  const error = await failure(logLines(["terminated"], bodies));
  assert.equal(error.code, "KUBE_LOG_LOST");
  assert.match(error.message, /builds\/p \(main\): unable to retrieve container logs/);
});

Deno.test("a container that never starts, as its pod ended first, has no log to wait for", async () => {
  await serving(() => withState("waiting", "Failed"), async ({ kube }) => {
    for await (const line of kube.logs("p", "main", "builds", new AbortController().signal)) assert.fail(line);
  });
});

Deno.test("the log of a pod that is not there is an error; of one that goes later, the end", async () => {
  await serving(() => undefined, async ({ kube }) => {
    const read = async () => await Array.fromAsync(kube.logs("p", "main", "builds", new AbortController().signal));
    assert.equal((await failure(read())).code, "KUBE_NOT_FOUND");
  });
  let looked = 0;
  const going = ({ path }: { path: string }) => {
    if (path.endsWith("/log")) return stream([at("01.1", "one")], "cut");
    return looked++ === 0 ? withState("running") : undefined;
  };
  await serving(going, async ({ kube }) => {
    assert.deepEqual(await Array.fromAsync(kube.logs("p", "main", "builds", new AbortController().signal)), ["one"]);
  });
});
