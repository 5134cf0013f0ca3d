/** What the registry holds of a build, and the tags that are put on it. */
import assert from "node:assert/strict";
import { findBuilt, putTags, reasonToBuild } from "../../../lib/actions/images/registry.ts";
import { refuseMovedTags } from "../../../lib/actions/images/tags.ts";
import { CLUSTER } from "../../../lib/core/pins.ts";
import { isUnituneError, type UnituneError } from "../../../lib/core/errors.ts";
import { makePlan } from "../../../lib/plan/changes.ts";
import type { BuildSpec, Image } from "../../../lib/plan/types.ts";
import { SETTLED } from "../../fakes/observed.ts";
import { type FakeRegistry, fakeRegistry } from "../../fakes/registry.ts";
import { config, facts, image } from "../../images/specs.ts";

const KEY = "0123456789ab".padEnd(64, "e"), HOUR = 3_600_000, REPOSITORY = "acme/trainer";

function spec(changes: Partial<Image> = {}): BuildSpec {
  return { image: image("trainer", changes), key: KEY, parts: {}, context: facts, needs: [] };
}

function push(registry: FakeRegistry, tag: string, key: string, content = ""): string {
  const body = JSON.stringify({ content, annotations: { [CLUSTER.imageKeyAnnotation]: key } });
  return registry.push(REPOSITORY, tag, { mediaType: "", body });
}

const FIXED = { tags: [{ name: "v1", moves: false }, { name: "latest", moves: true }, { name: "v2", moves: false }] };

async function refused(work: Promise<unknown>): Promise<UnituneError> {
  const error = await work.then(() => assert.fail("was accepted"), (error: unknown) => error);
  assert.ok(isUnituneError(error) && error.code === "TAG_FIXED" && error.exit === 3, String(error));
  return error;
}

Deno.test("an image is old when it is older than its maxAge, and never without one", async () => {
  const registry = fakeRegistry(), digest = push(registry, `src-${KEY.slice(0, 12)}`, KEY);
  const aged = spec({ maxAgeSeconds: 3600 });
  assert.deepEqual(await findBuilt(registry, aged, HOUR), { digest, old: false });
  assert.deepEqual(await findBuilt(registry, aged, HOUR + 1), { digest, old: true });
  assert.deepEqual(await findBuilt(registry, spec(), 1e6 * HOUR), { digest, old: false });
});

Deno.test("an image whose own tag has expired is found by a tag that never moves, if that has its key", async () => {
  const registry = fakeRegistry(), digest = push(registry, "v1", KEY);
  push(registry, "latest", KEY, "other");
  assert.deepEqual(await findBuilt(registry, spec(FIXED), 0), { digest, old: false });
  assert.equal(await findBuilt(registry, spec({ tags: [{ name: "latest", moves: true }] }), 0), null);
  push(registry, "v1", "f".repeat(64));
  assert.equal(await findBuilt(registry, spec(FIXED), 0), null);
});

Deno.test("tags that move are put first; one that never moves and is on another image fails after all others are put", async () => {
  const registry = fakeRegistry(), digest = push(registry, "src", KEY), other = push(registry, "v1", KEY, "other");
  const error = await refused(putTags(registry, spec(FIXED).image, digest));
  assert.deepEqual(registry.puts, [`${REPOSITORY}:latest`, `${REPOSITORY}:v2`]);
  assert.equal(registry.tags.get(`${REPOSITORY}:v1`), other);
  for (const named of ["v1", other, digest]) assert.ok(error.message.includes(named), error.message);
  assert.equal(error.path, "images.trainer.tags");
});

/** Plans the image over what the registry holds of it. */
async function plan(registry: FakeRegistry, changes: Partial<Image>, force = false): Promise<void> {
  const build = spec(changes), found = await findBuilt(registry, build, 0);
  const observed = { ...SETTLED, images: { trainer: found?.digest ?? null } };
  const planned = makePlan({
    config: config([build.image]),
    builds: [build],
    observed,
    only: ["images"],
    ...(force && { force: ["trainer"] }),
  });
  await refuseMovedTags(planned, observed.images, registry);
}

Deno.test("a plan refuses a tag that would have to move to what the registry has, and names both digests", async () => {
  const registry = fakeRegistry(), digest = push(registry, `src-${KEY.slice(0, 12)}`, KEY);
  const other = push(registry, "v1", "f".repeat(64));
  const error = await refused(plan(registry, FIXED));
  for (const named of ["tag v1 ", other, digest]) assert.ok(error.message.includes(named), error.message);
  await plan(registry, { tags: [{ name: "v1", moves: true }] });
});

Deno.test("a plan refuses a tag that would have to move to an image that is still to be built, also by force", async () => {
  const registry = fakeRegistry(), other = push(registry, "v1", "f".repeat(64));
  const error = await refused(plan(registry, FIXED));
  for (const named of ["tag v1 ", other, `src-${KEY.slice(0, 12)}`]) assert.ok(error.message.includes(named));
  assert.equal(registry.puts.length, 0);

  const built = fakeRegistry();
  push(built, `src-${KEY.slice(0, 12)}`, KEY);
  push(built, "v1", KEY);
  await plan(built, FIXED);
  await refused(plan(built, FIXED, true));
  await plan(built, { ...FIXED, reproducible: true }, true);
});

Deno.test("a plan is content with fixed tags that are free, or on the image already", async () => {
  const registry = fakeRegistry();
  await plan(registry, FIXED);
  push(registry, `src-${KEY.slice(0, 12)}`, KEY);
  await plan(registry, FIXED);
  push(registry, "v2", KEY);
  await plan(registry, FIXED);
});

Deno.test("several tags that would have to move are told at once", async () => {
  const registry = fakeRegistry();
  for (const tag of ["v1", "v2"]) push(registry, tag, "f".repeat(64));
  const error = await refused(plan(registry, FIXED));
  assert.equal(error.lines.length, 2);
  assert.match(error.lines.join(" "), /images\.trainer\.tags {2}tag v1 .*images\.trainer\.tags {2}tag v2 /);
});

Deno.test("why an image is built is told from the newest one of its repository", async () => {
  const registry = fakeRegistry(), parts = { context: "0a1b2c3d", args: "4e5f6a7b" };
  const reason = () => reasonToBuild(registry, { ...spec(), parts });
  assert.equal(await reason(), "first build: the registry has no image of it");
  push(registry, "src-000000000001", "1".repeat(64));
  assert.equal(await reason(), "the registry has no image of this key", "an image of an earlier version of unitune");
  const annotations = { [CLUSTER.imagePartsAnnotation]: "context:ffffffff;args:4e5f6a7b" };
  registry.push(REPOSITORY, "src-000000000002", { mediaType: "", body: JSON.stringify({ annotations }) });
  assert.equal(await reason(), "changed since src-000000000002: context");
});
