/** The page of a run shows the report, then the plan. */
import assert from "node:assert/strict";
import { runPage } from "../../lib/pages/run.ts";
import { dataOf, shownOf, tablesOf } from "./read.ts";
import { HOSTILE, PLAN, REPORT } from "./samples.ts";

const page = runPage(PLAN, REPORT), tables = tablesOf(page);

Deno.test("the page of a run carries the plan and the report", () => {
  assert.deepEqual(dataOf(page, "plan"), JSON.parse(JSON.stringify(PLAN)));
  assert.deepEqual(dataOf(page, "report"), JSON.parse(JSON.stringify(REPORT)));
});

Deno.test("the timeline has each step by its start, with its state and how long it took", () => {
  const rows = tables.get("Steps by the time of their start")!;
  assert.equal(rows.length, REPORT.steps.length);
  assert.deepEqual(rows[0], ["CDK bootstrap", "unchanged", "0.0 s", "0.0 s", ""]);
  assert.deepEqual(rows[3], ["access to the cluster", "skipped", "3 min 0 s", "1 min 30 s", ""]);
  const late = { ...REPORT, steps: REPORT.steps.toReversed() };
  assert.deepEqual(tablesOf(runPage(PLAN, late)).get("Steps by the time of their start"), rows);
});

Deno.test("the bar of a step lies on the time of the whole run", () => {
  const bars = [...page.matchAll(/class="bar \w+" x="([\d.]+)" width="([\d.]+)"/g)].map((
    [, x, width],
  ) => [Number(x), Number(width)]);
  const whole = 9 * 60 + 9 * 30, scale = 320 / whole;
  for (const [at, [x, width]] of bars.entries()) {
    assert.ok(Math.abs(x! - at * 60 * scale) < 0.2 && Math.abs(width! - Math.max(2, at * 30 * scale)) < 0.2, `${at}`);
  }
});

Deno.test("a failure has its code, its place, its lines and the next step", () => {
  const shown = shownOf(page);
  assert.match(
    shown,
    /^Skip to the content Apply of acme in us-west-2 2 unchanged, 2 done, 2 failed, 2 skipped, 2 cancelled\./,
  );
  assert.ok(
    shown.includes(`failed stacks STACK_FAILED acme-eks ${HOSTILE} Cluster: no Next: look`),
    shown.slice(0, 900),
  );
  assert.match(shown, /Began at 2026-11-26 08:00:00 UTC, ended at 2026-11-26 08:13:30 UTC, after 13 min 30 s\./);
});

Deno.test("the picture says how each step ended", () => {
  assert.match(page, /<title>stack acme-eks: failed<\/title>/);
});

Deno.test("the images are those of the report", () => {
  assert.deepEqual(tables.get("Images, and how much of their contexts was sent"), [[
    "a",
    "built",
    "its context changed",
    "3.0 MiB",
    "1.0 KiB",
    "2 min 5 s",
    "registry/acme/a@sha256:1",
    "a-amd64-1, a-arm64-1",
  ]]);
});

Deno.test("a run without steps and images has a page, too", () => {
  assert.match(shownOf(runPage(PLAN, { version: 1, steps: [], images: {} })), /No step ran\./);
});
