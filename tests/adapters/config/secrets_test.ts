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
    await use(root, (env) => (secrets, allowed = [], registries = [], ssh = {}) => {
      return readSecrets(image("trainer", { secrets, ssh }), registries, { walls: { root, allowed }, env });
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
type Secrets = Parameters<typeof readSecrets>[0]["secrets"];
type Registries = Parameters<typeof readSecrets>[1];
type SecretRead = (
  secrets: Secrets,
  allowed?: string[],
  registries?: Registries,
  ssh?: Secrets,
) => ReturnType<typeof readSecrets>;

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

function login(host: string, password: { env: string } | { file: string }): Registries[number] {
  return { host, mirror: null, plainHttp: false, ca: null, auth: { username: "$oauthtoken", password } };
}

Deno.test("logins are one value, as Docker's clients read it: without line breaks at the end, Docker Hub by its own name", async () => {
  await withRoot(async (root, of) => {
    await Deno.writeTextFile(`${root}/secrets/nvcr`, "key:with-colon\r\n");
    const registries = [login("docker.io", { env: "HUB" }), login("nvcr.io", { file: "./secrets/nvcr" })];
    const [hf, logins, ...more] = await of((name) => `of-${name}`)({ hf: { env: "HF" } }, [], registries);
    assert.deepEqual([hf!.id, logins!.id, more], ["hf", ".dockerconfigjson", []]);
    assert.deepEqual(JSON.parse(new TextDecoder().decode(logins!.value)), {
      auths: {
        "https://index.docker.io/v1/": { auth: btoa("$oauthtoken:of-HUB") },
        "nvcr.io": { auth: btoa("$oauthtoken:key:with-colon") },
      },
    });
    const hidden = logins!.hidden!.map((value) => new TextDecoder().decode(value));
    assert.deepEqual(hidden, [
      "of-HUB",
      btoa("$oauthtoken:of-HUB"),
      "key:with-colon",
      btoa("$oauthtoken:key:with-colon"),
    ]);
  });
});

Deno.test("a password that is missing or too long is told with its registry, beside the image's own secrets", async () => {
  await withRoot(async (_root, of) => {
    const registries = [login("ghcr.io", { env: "GHCR_TOKEN" }), login("quay.io", { file: "./half" })];
    const { lines, path } = await refused(of(() => undefined)({ hf: { env: "HF_TOKEN" } }, [], registries));
    assert.deepEqual(lines, [
      'secret "hf": variable HF_TOKEN is not allowed — pass --secret-env HF_TOKEN',
      "login to ghcr.io: variable GHCR_TOKEN is not allowed — pass --secret-env GHCR_TOKEN",
      'login to quay.io: file "./half" is too large — a password has at most 16.0 KiB',
    ]);
    assert.equal(path, "images.trainer.secrets");
    assert.equal((await refused(of(() => undefined)({}, [], registries))).path, "builder.registries");
  });
});

const pem = (kind: string, body: string) =>
  `-----BEGIN ${kind}PRIVATE KEY-----\n${body}\n-----END ${kind}PRIVATE KEY-----\n`;
const openssh = (cipher: string) => {
  return pem("OPENSSH ", btoa(`openssh-key-v1\0\0\0\0${String.fromCharCode(cipher.length)}${cipher}\0\0\0\x04none`));
};

Deno.test("an SSH key is one that BuildKit can use: private, and without a passphrase", async () => {
  await withRoot(async (_root, of) => {
    const keys: Record<string, string> = {
      PKCS8: pem("", "MIIE"),
      OPEN: openssh("none"),
      PASSPHRASE: openssh("aes256-ctr"),
      ENCRYPTED: pem("ENCRYPTED ", "MIIE"),
      LEGACY: pem("RSA ", "Proc-Type: 4,ENCRYPTED\n\nMIIE"),
      PUBLIC: "ssh-ed25519 AAAA me@example.com",
    };
    const read = (...names: string[]) => {
      return of((name) => keys[name])({}, [], [], Object.fromEntries(names.map((env) => [env, { env }])));
    };
    assert.deepEqual((await read("PKCS8", "OPEN")).map(({ id }) => id), [".ssh-PKCS8", ".ssh-OPEN"]);
    const { lines, path } = await refused(read("PASSPHRASE", "ENCRYPTED", "LEGACY", "PUBLIC"));
    assert.equal(path, "images.trainer.ssh");
    const hint = "use a private key without a passphrase";
    assert.deepEqual(lines, [
      ...["PASSPHRASE", "ENCRYPTED", "LEGACY"].map((name) => {
        return `SSH key "${name}": variable ${name} has a passphrase — ${hint}`;
      }),
      `SSH key "PUBLIC": variable PUBLIC is not a private SSH key (PEM) — ${hint}`,
    ]);
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

Deno.test("the file of a password is no part of a context either", async () => {
  const auth = '{ username: "me", password: { file: "./app/token" } }';
  const folder = await plant({
    "app/Dockerfile": "FROM scratch\n",
    "app/token": "never-sent",
    "unitune.config.ts": `import { defineConfig, image } from "unitune/config";
export default defineConfig({ name: "acme", region: "us-west-2", cluster: { endpoint: "private" },
  builder: { registries: { "ghcr.io": { auth: ${auth} } } }, images: { app: image({ context: "./app" }) } });`,
  });
  await using project = await openProject({ file: `${folder}/unitune.config.ts` });
  const error = await project.plan({ offline: true, only: ["images"] }).catch((error) => error);
  assert.ok(isUnituneError(error) && error.code === "SECRET_IN_CONTEXT", String(error));
  assert.deepEqual(error.lines, ['the login to ghcr.io is a file of the context of "app"']);
  await Deno.remove(folder, { recursive: true });
});
