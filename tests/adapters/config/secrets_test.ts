import assert from "node:assert/strict";
import { jobAmong } from "../../../lib/jobs/job.ts";
import { readSecrets, type SecretEnv } from "../../../lib/adapters/config/secrets.ts";
import { isUnituneError, type UnituneError } from "../../../lib/core/errors.ts";
import { openProject } from "../../../lib/mod.ts";
import { image } from "../../images/specs.ts";
import { plant } from "../../images/tree.ts";

async function withRoot(use: (root: string, env: (of: SecretEnv) => SecretRead) => Promise<void>): Promise<void> {
  const folder = await Deno.realPath(
    await plant({
      "project/secrets/netrc": "machine example.com\n",
      "project/empty": "",
      "project/large": "x".repeat(500 * 1024 + 1),
      "project/half": "y".repeat(400 * 1024),
      "outside/token": "stolen",
      "project/link": "->../outside/token",
    }),
  );
  const root = `${folder}/project`;
  try {
    await use(root, (env) => (secrets, allowed = []) => {
      return readSecrets(image("trainer", { secrets }), { walls: { root, allowed }, env });
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
type Secrets = Parameters<typeof readSecrets>[0]["secrets"];
type SecretRead = (secrets: Secrets, allowed?: string[]) => ReturnType<typeof readSecrets>;

async function refused(reading: Promise<unknown>): Promise<UnituneError> {
  const error = await reading.then(() => assert.fail("was read"), (error) => error);
  assert.ok(isUnituneError(error), String(error));
  assert.match(error.message, /Cannot build image "trainer"/);
  return error;
}

Deno.test("values come from variables and files as they are", async () => {
  await withRoot(async (_root, of) => {
    const read = of((name) => Promise.resolve(name === "HF_TOKEN" ? "hf_ü" : undefined));
    const values = await read({ hf: { env: "HF_TOKEN" }, netrc: { file: "./secrets/netrc" } });
    const texts = values.map(({ id, value }) => [id, new TextDecoder().decode(value)]);
    assert.deepEqual(texts, [["hf", "hf_ü"], ["netrc", "machine example.com\n"]]);
  });
});

Deno.test("all that is missing is told at once, each with the flag or the place to mend", async () => {
  await withRoot(async (_root, of) => {
    const read = of((name) => ({ SET: "value", UNSET: null, EMPTY: "" })[name]);
    const error = await refused(read({
      a: { env: "OTHER" },
      b: { env: "UNSET" },
      c: { env: "EMPTY" },
      d: { file: "./gone" },
      e: { file: "./empty" },
      f: { file: "./large" },
      g: { file: "./link" },
      h: { env: "SET" },
    }));
    assert.deepEqual([error.code, error.exit], ["SECRET_MISSING", 2]);
    assert.deepEqual(error.lines, [
      'secret "a": variable OTHER is not allowed — pass --secret-env OTHER',
      'secret "b": variable UNSET is not set — set UNSET',
      'secret "c": variable EMPTY is empty — a secret must not be empty',
      'secret "d": file "./gone" does not exist — it is relative to the config file',
      'secret "e": file "./empty" is empty — a secret must not be empty',
      'secret "f": file "./large" is too large — BuildKit accepts at most 500.0 KiB',
      'secret "g": file "./link" is outside the folder of the config — move it, or allow its folder with --allow-read',
    ]);
    const file = await refused(read({ d: { file: "./gone" } }));
    assert.deepEqual([file.code, file.exit], ["SECRET_FILE", 3]);
  });
});

Deno.test("a link out of the project is read when its folder is allowed", async () => {
  await withRoot(async (root, of) => {
    const [secret] = await of(() => undefined)({ g: { file: "./link" } }, [root.replace(/project$/, "outside")]);
    assert.equal(new TextDecoder().decode(secret!.value), "stolen");
  });
});

Deno.test("an image's secrets together fit into one Secret", async () => {
  await withRoot(async (_root, of) => {
    const half = { file: "./half" };
    assert.equal((await of(() => undefined)({ a: half, b: half })).length, 2);
    const { code, lines } = await refused(of(() => undefined)({ a: half, b: half, c: half }));
    assert.equal(code, "SECRET_FILE");
    assert.deepEqual(lines, ["all secrets: together at most 1.0 MiB, found 1.2 MiB"]);
  });
});

const CONFIG = (file: string) => `
import { defineConfig, image } from "unitune/config";
export default defineConfig({ name: "acme", region: "us-west-2", cluster: { endpoint: "private" }, images: {
  app: image({ context: "./app", secrets: { token: { file: "${file}" }, hf: { env: "HF_TOKEN" } } }),
} });`;

Deno.test("a plan, a dry run and a context ask for no value; a secret's file is no part of a context", async () => {
  const tree = { "app/Dockerfile": "FROM scratch\n", "app/.dockerignore": "ignored\n" };
  const folder = await plant({ ...tree, "app/token": "never-sent", "app/ignored": "never-sent" });
  const open = async (file: string) => {
    await Deno.writeTextFile(`${folder}/unitune.config.ts`, CONFIG(file));
    const secretEnv = () => assert.fail("a value was asked for");
    return await openProject({ file: `${folder}/unitune.config.ts`, secretEnv });
  };
  for (const file of ["./gone", "./app/ignored"]) {
    await using project = await open(file);
    await project.plan({ offline: true, only: ["images"] });
    const { job } = jobAmong(await project.jobs());
    assert.equal(job.spec?.suspend, true);
    const { volumes } = job.spec.template.spec!;
    assert.deepEqual(volumes?.find(({ secret }) => secret)?.secret, {
      secretName: job.metadata.name,
      defaultMode: 0o444,
    });
  }
  await using project = await open("./app/token");
  const error = await project.plan({ offline: true, only: ["images"] }).catch((error) => error);
  assert.ok(isUnituneError(error) && error.code === "SECRET_IN_CONTEXT" && error.exit === 3, String(error));
  assert.deepEqual(error.lines, ['secret "token" of image "app" is a file of the context of "app"']);
  await Deno.remove(folder, { recursive: true });
});
