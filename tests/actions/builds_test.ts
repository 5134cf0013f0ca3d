import assert from "node:assert/strict";
import { join } from "node:path";
import { EXIT } from "../../lib/core/errors.ts";
import type { PodSpec } from "../../lib/core/pods.ts";
import type { KubeObject, Ports } from "../../lib/core/ports.ts";
import { run } from "../cli/run.ts";
import { type Mistake, MISTAKES, type Sample } from "../images/dockerfile/mistakes.ts";

/** An account and a cluster that nobody may ask. */
function unasked(): { readonly ports: Ports; readonly asked: string[] } {
  const asked: string[] = [];
  const ports = new Proxy({}, {
    get: (_, name) => {
      if (name === "then" || name === "close") return name === "close" ? () => Promise.resolve() : undefined;
      asked.push(String(name));
      throw new Error(`asked for ${String(name)}`);
    },
    ownKeys: () => [],
  });
  return { ports: ports as Ports, asked };
}

async function write(root: string, path: string, text: string): Promise<void> {
  const file = join(root, path);
  await Deno.mkdir(file.slice(0, file.lastIndexOf("/")), { recursive: true });
  await Deno.writeTextFile(file, text);
}

/** A project with the image of the sample, and the images that it may need. */
async function plant(root: string, { dockerfile, image = {}, files = [], ignore }: Sample): Promise<void> {
  const { target, args, secrets = [], needs = {} } = image, contexts = Object.entries(image.contexts ?? {});
  const fields = [
    ...target === undefined ? [] : [`target: ${JSON.stringify(target)}`],
    ...args ? [`args: ${JSON.stringify(args)}`] : [],
    `secrets: {${secrets.map((id) => `${JSON.stringify(id)}: { env: "X" }`)}}`,
    `contexts: {${
      contexts.map(([alias, source], at) => {
        const written = typeof source === "string" ? `docker-image://${source}` : `./named-${at}`;
        return `${JSON.stringify(alias)}: ${JSON.stringify(written)}`;
      })
    }}`,
    `needs: {${Object.entries(needs).map(([alias, name]) => `${JSON.stringify(alias)}: ${name}`)}}`,
  ];
  await write(
    root,
    "unitune.config.ts",
    `import { defineConfig, image } from "unitune/config";
const base = image({ context: "./base" }), tools = image({ context: "./tools" });
const trainer = image({ context: "./trainer", ${fields.join(", ")} });
export default defineConfig({
  name: "acme",
  region: "us-west-2",
  cluster: { endpoint: { publicFrom: ["203.0.113.0/24"] } },
  images: { base, tools, trainer },
});
`,
  );
  for (const name of ["base", "tools"]) await write(root, `${name}/Dockerfile`, "FROM alpine:3.22\n");
  await write(root, "trainer/Dockerfile", dockerfile);
  for (const file of files.filter((name) => !name.includes(" -> "))) await write(root, `trainer/${file}`, file);
  for (const [at, [, source]] of contexts.entries()) {
    if (typeof source === "string") continue;
    for (const file of source) await write(root, `named-${at}/${file}`, file);
    if (ignore !== undefined) await write(root, `named-${at}/.dockerignore`, ignore);
  }
  if (ignore !== undefined) await write(root, "trainer/.dockerignore", ignore);
}

async function planted(sample: Sample, use: (root: string) => Promise<void>): Promise<void> {
  const root = await Deno.realPath(await Deno.makeTempDir({ prefix: "unitune_" }));
  try {
    await plant(root, sample);
    await use(root);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

async function refused(args: readonly string[], { at, says, title }: Mistake): Promise<void> {
  const { ports, asked } = unasked();
  const { code, stderr } = await run(args, { ports });
  assert.equal(code, EXIT.config, `${args[0]}: ${title}: ${stderr}`);
  assert.match(stderr, new RegExp(`trainer/Dockerfile:${at}  images\\.trainer  `), title);
  assert.match(stderr, says);
  assert.deepEqual(asked, []);
}

const ERRORS = MISTAKES.filter(({ severity }) => severity === "error");

Deno.test("each mistake in a Dockerfile ends plan with its place, before any request", async () => {
  for (const mistake of ERRORS) {
    await planted(mistake, (root) => refused(["plan", "-c", join(root, "unitune.config.ts")], mistake));
  }
});

Deno.test("a mistake in a Dockerfile ends every command that would build, before any request", async () => {
  const [mistake] = ERRORS;
  await planted(mistake!, async (root) => {
    const config = ["-c", join(root, "unitune.config.ts")];
    await refused(["plan", "--offline", ...config], mistake!);
    await refused(["apply", "--yes", ...config], mistake!);
    await refused(["apply", "--dry-run", "--only", "images", ...config], mistake!);
    await refused(["build", ...config], mistake!);
    await refused(["build", "--dry-run", "trainer", ...config], mistake!);
  });
});

Deno.test("a mistake of a folder that deploy builds is found before any request", async () => {
  await planted({ title: "", dockerfile: "FROM alpine:3.22\nCOPY absent /\n" }, async (root) => {
    const { ports, asked } = unasked(), config = ["-c", join(root, "unitune.config.ts")];
    const args = ["deploy", join(root, "trainer"), "--image-name", "team/app", ...config];
    const { code, stderr } = await run(args, { ports });
    assert.equal(code, EXIT.config, stderr);
    assert.match(stderr, /trainer\/Dockerfile:2:6 {2}images\.app {2}COPY must name files of the context: "absent"/);
    assert.deepEqual(asked, []);
  });
});

Deno.test("what is only probably a mistake is a note of the plan and a warning of a dry run", async () => {
  await planted({ title: "", dockerfile: "FROM alpine\n", files: [".env"] }, async (root) => {
    const config = ["-c", join(root, "unitune.config.ts")];
    const plan = await run(["plan", "--offline", ...config]);
    assert.equal(plan.code, EXIT.done, plan.stderr);
    assert.match(plan.stdout, /Note: .*trainer\/Dockerfile:1:6 {2}images\.trainer {2}a base image must have a digest/);
    assert.match(
      plan.stdout,
      /Note: images\.trainer\.context {2}The context contains what looks like secrets \(\.env\)/,
    );
    const jobs = await run(["build", "--dry-run", ...config]);
    assert.match(jobs.stderr, /a base image must have a digest/);
    assert.match(jobs.stderr, /what looks like secrets/);
    const others = await run(["build", "base", "--dry-run", ...config]);
    assert.doesNotMatch(others.stderr, /a base image must have a digest/);
    const shown = await run(["context", "trainer", ...config]);
    assert.match(shown.stdout, /warning: .*trainer\/Dockerfile:1:6/);
  });
});

Deno.test("a quiet build tells nothing but its result and errors", async () => {
  await planted({ title: "", dockerfile: "FROM alpine\n" }, async (root) => {
    const config = ["-c", join(root, "unitune.config.ts")];
    const { code, stdout, stderr } = await run(["build", "--dry-run", "--quiet", ...config]);
    assert.deepEqual([code, stderr], [EXIT.done, ""]);
    assert.match(stdout, /^kind: Job$/m);
    const failed = await run(["build", "nothing", "-q", ...config]);
    assert.equal(failed.code, EXIT.usage);
    assert.match(failed.stderr, /No image "nothing" in the config/);
    const both = await run(["build", "--no-wait", "--cancel-on-interrupt", ...config]);
    assert.equal(both.code, EXIT.usage, "what is not waited for cannot be interrupted");
  });
});

Deno.test("a dry run of a build without cache shows that of the named images, and of no other", async () => {
  await planted({ title: "", dockerfile: "FROM base\n", image: { needs: { base: "base" } } }, async (root) => {
    const args = ["build", "trainer", "--no-cache", "--dry-run", "--json", "-c", join(root, "unitune.config.ts")];
    const { stdout, stderr } = await run(args), jobs = JSON.parse(stdout || stderr).objects;
    const fresh = jobs.flatMap(({ kind, metadata, spec }: KubeObject & { spec: { template: { spec: PodSpec } } }) => {
      return kind === "Job"
        ? [[metadata.labels!["unitune.dev/image"], spec.template.spec.containers[0]!.args!.includes("--no-cache")]]
        : [];
    });
    assert.deepEqual(fresh, [["base", false], ["trainer", true]]);
  });
});

Deno.test("context shows the folders and images that a Dockerfile names", async () => {
  const contexts = { src: ["a.py"], vendor: "alpine:3.22" };
  await planted(
    { title: "", dockerfile: "FROM vendor\nCOPY --from=src a.py /\n", image: { contexts } },
    async (root) => {
      const { stdout, stderr } = await run(["context", "trainer", "-c", join(root, "unitune.config.ts")]);
      assert.match(stdout, /^src:\n0644 {2}file +\S+ \S+ {2}a\.py\n1 entries, .*\n\nvendor: alpine:3\.22\n\n/, stderr);
    },
  );
});

Deno.test("a mistake in an image that is not built does not stop a build", async () => {
  await planted({ title: "", dockerfile: "FORM alpine\n" }, async (root) => {
    const config = ["-c", join(root, "unitune.config.ts")];
    assert.equal((await run(["build", "base", "--dry-run", ...config])).code, EXIT.done);
  });
});

Deno.test("the config is left out of a context that holds it: another maxCpus builds no image again", async () => {
  const root = await Deno.realPath(await Deno.makeTempDir({ prefix: "unitune_" }));
  const config = (cpus: number) =>
    `import { cpuPool, defineConfig, image } from "unitune/config";
import { pools } from "./pools.ts";
export default defineConfig({
  name: "acme",
  region: "us-west-2",
  cluster: { endpoint: { publicFrom: ["203.0.113.0/24"] } },
  pools: { cpu: cpuPool({ ...pools, maxCpus: ${cpus} }) },
  images: { app: image({ context: "." }) },
});
`;
  const listed = async (cpus: number) => {
    await write(root, "unitune.config.ts", config(cpus));
    const { stdout, stderr, code } = await run(["context", "app", "-c", join(root, "unitune.config.ts")]);
    assert.equal(code, EXIT.done, stderr);
    return stdout;
  };
  try {
    await write(root, "pools.ts", 'export const pools = { arch: ["amd64"] } as const;\n');
    await write(root, "Dockerfile", "FROM alpine:3.22\nCOPY . /app\n");
    const before = await listed(64);
    assert.match(before, /images\.app\.context {2}leaves out pools\.ts, unitune\.config\.ts: /);
    assert.doesNotMatch(before, /file.*unitune\.config\.ts$/m);
    assert.equal(await listed(128), before);
    await write(root, "Dockerfile", "FROM alpine:3.22\nCOPY unitune.config.ts /app/\n");
    assert.match(await listed(128), /file.*unitune\.config\.ts$/m);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});
