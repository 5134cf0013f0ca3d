/** Builds that fail, each with its own message and hint, and tried again only if that can change the result. */
import assert from "node:assert/strict";
import { isUnituneError, type UnituneError } from "../../lib/core/errors.ts";
import { type Builds, namespace, startBuilds } from "./builds.ts";
import { kubectl } from "./lab.ts";

let builds: Builds;

Deno.test.beforeAll(async () => {
  builds = await startBuilds({ account: "210000000035", port: 4665 });
});

Deno.test.afterAll(() => builds?.stop());

const BOX = "FROM docker.io/library/busybox:1.35\n";

interface Failure {
  readonly error: UnituneError;
  /** Pods that the Job made. */
  readonly pods: number;
}

async function failure(dockerfile: string, options = "resources"): Promise<Failure> {
  await using project = await builds.project(
    `images: { failing: image({ context: "./app", cache: "none", ${options} }) }`,
    {
      "app/Dockerfile": dockerfile,
    },
  );
  const error = await project.build().then(() => assert.fail("was built"), (error) => error);
  assert.ok(isUnituneError(error), String(error));
  const events = JSON.parse(await kubectl(["get", "events", "-n", namespace, "-o", "json"])).items as {
    reason: string;
    involvedObject: { name: string };
  }[];
  const job = await project.job("failing");
  return {
    error,
    pods: events.filter(({ reason, involvedObject: { name } }) => reason === "SuccessfulCreate" && name === job).length,
  };
}

Deno.test("a build beyond its memory limit is told the limit, and not tried again", async () => {
  const eats = "RUN head -c 900m /dev/zero | tail\n";
  const { error, pods } = await failure(`${BOX}${eats}`, 'resources: { cpu: "100m", memory: "512Mi", disk: "2Gi" }');
  assert.match(error.message, /limit of 512Mi/);
  assert.match(error.hint!, /images\.failing\.resources\.memory/);
  assert.equal(pods, 1);
});

Deno.test("a build beyond its disk limit is told the limit, and not tried again", async () => {
  const fills = "RUN dd if=/dev/zero of=/big bs=1M count=1500 && sleep 60\n";
  const { error, pods } = await failure(`${BOX}${fills}`, 'resources: { cpu: "100m", memory: "2Gi", disk: "1Gi" }');
  assert.match(error.message, /wrote more than its limit of 1Gi/);
  assert.match(error.hint!, /images\.failing\.resources\.disk/);
  assert.equal(pods, 1);
});

Deno.test("a build beyond its timeout is told the timeout", async () => {
  const { error } = await failure(`${BOX}RUN sleep 300\n`, 'resources, timeout: "1m"');
  assert.match(error.message, /took longer than its timeout of 1m/);
  assert.match(error.hint!, /images\.failing\.timeout/);
});

Deno.test("a full disk is told from other failures of a step", async () => {
  const { error, pods } = await failure(
    `${BOX}RUN --mount=type=tmpfs,target=/small,size=1m dd if=/dev/zero of=/small/x bs=1M count=2\n`,
  );
  assert.match(error.message, /step \[.*2\/2\] RUN --mount.* failed, as the disk was full/);
  assert.equal(pods, 1);
});

Deno.test("a base that the registry does not let the build pull is named, and not tried again", async () => {
  const foreign = `${builds.registry}/theirs/base:1`;
  const { error, pods } = await failure(`FROM ${foreign}\n`);
  assert.match(error.message, /does not let the build pull it/, error.lines.join("\n"));
  assert.ok(error.message.includes(foreign), error.message);
  assert.equal(pods, 1);
});

Deno.test("a failing step that prints binary noise ends the Job at once, with its own lines", async () => {
  const noise = "RUN head -c 20000 /dev/urandom; printf '\\000\\377\\n'; echo the last words; exit 3\n";
  const { error, pods } = await failure(`${BOX}${noise}`);
  assert.match(error.message, /step \[2\/2\] RUN head .* failed/);
  assert.ok(error.lines.some((line) => line.includes("the last words")), error.lines.join("\n"));
  assert.match(error.lines.at(-1)!, /exit code: 3$/);
  assert.equal(pods, 1);
});
