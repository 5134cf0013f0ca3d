/** The volume that keeps BuildKit's state: what a build finds of the one before, and who else finds nothing of it. */
import assert from "node:assert/strict";
import { type Builds, NAME, namespace, startBuilds } from "./builds.ts";
import { kubectl, readFileFromImage } from "./lab.ts";
import { data } from "./layout.ts";

const FROM = "FROM docker.io/library/busybox:1.35";
let builds: Builds;

Deno.test.beforeAll(async () => {
  builds = await startBuilds({ account: "210000000037", port: 4667, caches: true });
});

Deno.test.afterAll(() => builds?.stop());

/** Counts its own runs in a cache mount, which only a real run changes. */
const COUNTED = "RUN --mount=type=cache,target=/kept echo run >> /kept/runs && wc -l < /kept/runs > /runs";

for (const isolation of ["userns", "rootless", "privileged"] as const) {
  Deno.test(`${isolation}: after a failed last step the steps before it are not run again, and cache mounts hold`, async () => {
    const image = `kept-${isolation}`;
    const body = `images: { "${image}": image({ context: "./app", cache: "none", resources }) },
      builder: { isolation: "${isolation}", cache: { size: "10Gi" } }`;
    const dockerfile = (last: string) => `${FROM}\n${COUNTED}\nRUN ${last}\n`;
    await using project = await builds.project(body, { "app/Dockerfile": dockerfile("exit 7") });
    await assert.rejects(project.build(), / RUN exit 7 failed$/);
    await using mended = await builds.project(body, { "app/Dockerfile": dockerfile("cp /runs /last") });
    const built = (await mended.build())[image]!;
    assert.equal(built.state, "built");
    const read = (digest: string) => readFileFromImage(`${builds.registry}/${NAME}/${image}`, digest, "last");
    assert.equal((await read(built.digest!))!.trim(), "1", "it ran once in both builds");
    // Another step before the last: what the mount holds is still there.
    await using changed = await builds.project(body, {
      "app/Dockerfile": dockerfile("cp /runs /last").replace("RUN --mount", "RUN : && true\nRUN --mount"),
    });
    assert.equal((await read((await changed.build())[image]!.digest!))!.trim(), "2");
    const claim = `cache-${image}-amd64${isolation === "userns" ? "" : `-${isolation}`}`;
    assert.equal(
      (await kubectl(["get", "pvc", claim, "-n", namespace, "-o", "jsonpath={.status.phase}"])).trim(),
      "Bound",
    );
  });
}

const KEPT = 'cache: "none", resources', VOLUMES = 'builder: { cache: { size: "10Gi" } }';

Deno.test("another image finds nothing of it, neither steps nor mounts; --no-cache starts from an empty volume", async () => {
  const dockerfile = `${FROM}\n${COUNTED}\n`;
  const runs: string[] = [];
  for (const [image, fresh] of [["one", {}], ["other", {}], ["one", { noCache: true }]] as const) {
    const body = `images: { ${image}: image({ context: "./app", ${KEPT} }) }, ${VOLUMES}`;
    await using project = await builds.project(body, { "app/Dockerfile": `${dockerfile}LABEL at=${runs.length}\n` });
    const { digest } = (await project.build({}, fresh))[image]!;
    runs.push((await readFileFromImage(`${builds.registry}/${NAME}/${image}`, digest!, "runs"))!.trim());
  }
  assert.deepEqual(runs, ["1", "1", "1"]);
});

Deno.test("a second build of the same image waits for the first one's volume, and then uses it", async () => {
  const body = `images: { shared: image({ context: "./app", ${KEPT} }) }, ${VOLUMES}`;
  const projects = await Promise.all(["sleep 8", "true"].map((last) => {
    return builds.project(body, { "app/Dockerfile": `${FROM}\n${COUNTED}\nRUN ${last}\n` });
  }));
  const [first, second] = projects as [typeof projects[0], typeof projects[0]];
  const running = first.build();
  while (!first.events.some((event) => event.type === "log" && event.line.includes("sleep 8"))) {
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  const { digest } = (await second.build()).shared!;
  await running;
  const waits = second.events.filter((event) =>
    event.type === "progress" && event.message.startsWith("waiting for Job")
  );
  assert.equal(waits.length, 1);
  assert.equal((await readFileFromImage(`${builds.registry}/${NAME}/shared`, digest!, "runs"))!.trim(), "1");
  for (const project of projects) await project[Symbol.asyncDispose]();
});

Deno.test("a state that BuildKit cannot open is thrown away, and the next try of the same Job builds without", async () => {
  const body = `images: { spoilt: image({ context: "./app", ${KEPT} }) }, ${VOLUMES}`;
  const states: string[] = [];
  for (const last of ["true", "false || true"]) {
    await using project = await builds.project(body, { "app/Dockerfile": `${FROM}\nRUN ${last}\n` });
    states.push((await project.build()).spoilt!.state);
    const volume = ["get", "pvc", "cache-spoilt-amd64", "-n", namespace, "-o", "jsonpath={.spec.volumeName}"];
    const store = `${data.disks}/${(await kubectl(volume)).trim()}/runc-overlayfs/metadata_v2.db`;
    await Deno.writeFile(store, new Uint8Array(65_536).fill(7));
  }
  assert.deepEqual(states, ["built", "built"]);
});
