/** Secrets in real builds: they reach their step, and are nowhere else; cut runs are finished; the program's flag. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import type { KubeObject, KubePort } from "../../lib/core/ports.ts";
import type { Tree } from "../images/tree.ts";
import { type Bench, type Builds, exists, gone, inRegistry, NAME, namespace, startBuilds } from "./builds.ts";
import { emulatorEnv, kubectl, readFileFromImage } from "./lab.ts";
import { runProgram } from "./program.ts";

const FROM = "FROM docker.io/library/busybox:1.35";
let builds: Builds;

Deno.test.beforeAll(async () => {
  builds = await startBuilds({ account: "210000000032", port: 4662 });
});

Deno.test.afterAll(() => builds?.stop());

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

const TOKEN = "hf_Lab$Secret.0123456789", NETRC = "machine example.com\nlogin me\npassword never-shown-anywhere\n";
const SECRET_TREE: Tree = {
  "app/Dockerfile": [
    FROM,
    "RUN --mount=type=secret,id=hf --mount=type=secret,id=netrc \\",
    "  cat /run/secrets/hf | sha256sum > /sums && cat /run/secrets/netrc | sha256sum >> /sums",
    "RUN --mount=type=secret,id=hf --mount=type=secret,id=netrc \\",
    "  echo printed $(cat /run/secrets/hf) && cat /run/secrets/netrc && base64 /run/secrets/hf",
  ].join("\n"),
  "secrets/netrc": NETRC,
};
const SECRET_IMAGE = `images: { app: image({ context: "./app", resources, provenance: "max",
  secrets: { hf: { env: "HF_TOKEN" }, netrc: { file: "./secrets/netrc" } } }) }`;
const HIDDEN = [TOKEN, btoa(TOKEN).slice(0, -4), "never-shown-anywhere", btoa(NETRC).slice(0, -4)];

function assertHidden(where: string, text: string): void {
  for (const value of HIDDEN) assert.ok(!text.includes(value), `${where} holds ${value}`);
}

Deno.test("a secret reaches its RUN step, and its value is in no object, log, request, bucket or layer", async () => {
  await using project = await builds.project(
    SECRET_IMAGE,
    SECRET_TREE,
    (name) => name === "HF_TOKEN" ? TOKEN : undefined,
  );
  const job = await project.job("app");
  let owned: KubeObject | null = null;
  const { app } = await project.build({
    apply: async (object, options) => {
      if (object.kind === "Job") {
        owned = await builds.kube.get({ apiVersion: "v1", kind: "Secret", name: job, namespace });
      }
      return await builds.kube.apply(object, options);
    },
  });
  const secret = owned as KubeObject | null;
  assert.equal(app!.state, "built");
  const repository = `${builds.registry}/${NAME}/app`;
  const sums = [`${sha256(TOKEN)}  -`, `${sha256(NETRC)}  -`, ""].join("\n");
  assert.equal(await readFileFromImage(repository, app!.digest!, "sums"), sums);
  assert.equal(secret?.["immutable"], true);
  assert.deepEqual(secret?.["data"], { hf: btoa(TOKEN), netrc: btoa(NETRC) });
  assert.equal(await exists("secret", job), false, "the Secret goes when the Job has ended");

  const objects = await kubectl(["get", "jobs,pods,events,configmaps,secrets", "-n", namespace, "-o", "yaml"]);
  assert.match(objects, /secretName: app-amd64-/);
  const log = await kubectl(["logs", "-n", namespace, "-l", `job-name=${job}`, "-c", "buildkit", "--tail=-1"]);
  assert.match(log, /printed \*\*\*/);
  assert.match(JSON.stringify(project.events), /printed \*\*\*/);
  assertHidden("the cluster", objects);
  assertHidden("the pod's log", log);
  assertHidden("the story", JSON.stringify([project.events, app]));
  assertHidden("AWS", await builds.inAws());
  assertHidden("the registry", await inRegistry(repository, app!.digest!));
});

Deno.test("a value that was renewed builds nothing anew, and is not even read", async () => {
  await using project = await builds.project(SECRET_IMAGE, { ...SECRET_TREE, "secrets/netrc": "another" }, () => {
    return assert.fail("a value was asked for");
  });
  assert.equal((await project.build()).app!.state, "reused");
});

const CUT_IMAGE = `images: { cut: image({ context: "./app", resources, secrets: { hf: { env: "HF_TOKEN" } } }) }`;

async function cut(project: Bench, at: "Secret" | "Job"): Promise<void> {
  const stop = () => Promise.reject(new Error("cut"));
  const through: Partial<KubePort> = at === "Secret"
    ? { create: (object) => object.kind === "Secret" ? stop() : builds.kube.create(object) }
    : { apply: (object, options) => object.kind === "Job" ? stop() : builds.kube.apply(object, options) };
  await assert.rejects(project.build(through), /cut/);
}

Deno.test("a run that was cut before the Secret, or before the Job was resumed, is finished by the same command", async () => {
  for (const at of ["Secret", "Job"] as const) {
    const tree = {
      "app/Dockerfile": `${FROM}\nRUN --mount=type=secret,id=hf cat /run/secrets/hf | sha256sum > /${at}`,
    };
    await using project = await builds.project(CUT_IMAGE, tree, () => TOKEN);
    const job = await project.job("cut");
    await cut(project, at);
    assert.equal(await kubectl(["get", "job", job, "-n", namespace, "-o", "jsonpath={.spec.suspend}"]), "true");
    assert.equal(await exists("secret", job), at === "Job");
    const { cut: image } = await project.build();
    assert.equal(image!.state, "built");
    assert.equal(
      await readFileFromImage(`${builds.registry}/${NAME}/cut`, image!.digest!, at),
      `${sha256(TOKEN)}  -\n`,
    );
    await gone("secret", job);
  }
});

Deno.test("a Job that is removed takes its Secret with it", async () => {
  const tree = { "app/Dockerfile": `${FROM}\nRUN true` };
  await using project = await builds.project(CUT_IMAGE, tree, () => TOKEN);
  const job = await project.job("cut");
  await cut(project, "Job");
  assert.ok(await exists("secret", job));
  await kubectl(["delete", "job", job, "-n", namespace]);
  await gone("secret", job);
});

Deno.test("the program says which flag lets a secret through before it asks for anything else, and never its value", async () => {
  await using project = await builds.project(SECRET_IMAGE.replaceAll("app", "other"), {
    "other/Dockerfile": `${FROM}\n`,
    "secrets/netrc": NETRC,
  });
  const env = { ...emulatorEnv(builds.port), HF_TOKEN: TOKEN };
  const without = await runProgram(["build", "other", "-v"], { cwd: project.root, env });
  assert.equal(without.code, 2, without.stderr);
  assert.match(without.stderr, /secret "hf": variable HF_TOKEN is not allowed — pass --secret-env HF_TOKEN/);
  const given = await runProgram(["build", "--secret-env", "HF_TOKEN", "other", "-v"], { cwd: project.root, env });
  assert.equal(given.code, 4, given.stderr);
  assert.match(given.stderr, /NOT_DEPLOYED/);
  const printed = await runProgram(["build", "--secret-env", "HF_TOKEN", "--dry-run"], { cwd: project.root, env });
  assert.match(printed.stdout, /secretName: other-amd64-/);
  for (const { stdout, stderr } of [without, given, printed]) assertHidden("the program's output", stdout + stderr);
});
