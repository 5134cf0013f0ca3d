/** Files that a config names and should not get, and special files in the place of those that unitune reads. */
import { EXPORT, HEAD, type Hostile, mkfifo, withFields } from "./case.ts";

const OUTSIDE = /must be inside the folder of the config/;

/** A config with one image. */
function withImage(fields: string): string {
  return withFields(`images: { base: image({ ${fields} }) }`);
}
const BASE = 'context: "./images/base"';

const PATHS: readonly (readonly [name: string, config: Hostile["config"], says: RegExp])[] = [
  ["a context above", withImage('context: "../elsewhere"'), OUTSIDE],
  ["the root as a context", withImage('context: "/"'), OUTSIDE],
  ["a home as a context", withImage('context: "~"'), /does not exist/],
  ["a linked context", withImage('context: "./images/linked"'), OUTSIDE],
  ["a context of the kernel", withImage('context: "/proc/self/root/etc"'), OUTSIDE],
  ["a file as a context", withImage('context: "./images/base/Dockerfile"'), /is a file/],
  ["a linked Dockerfile", withImage(`${BASE}, dockerfile: "linked"`), OUTSIDE],
  ["a Dockerfile above", withImage(`${BASE}, dockerfile: "../../../elsewhere/canary.txt"`), OUTSIDE],
  [
    "an absolute Dockerfile",
    (a) => withImage(`${BASE}, dockerfile: ${JSON.stringify(a.file)}`),
    /a path relative to the context/,
  ],
  ["a folder as a Dockerfile", withImage(`${BASE}, dockerfile: "folder"`), /"folder" is a folder/],
  ["a pipe as a Dockerfile", withImage(`${BASE}, dockerfile: "pipe"`), /"pipe" is a named pipe/],
  ["a pipe as an ignore file", withImage(`${BASE}, ignoreFile: "pipe"`), /"pipe" is a named pipe/],
  ["a linked ignore file", withImage(`${BASE}, ignoreFile: "linked"`), OUTSIDE],
  ["a device as a Dockerfile", withImage(`${BASE}, dockerfile: "zero"`), OUTSIDE],
  ["a secret's file above", withImage(`${BASE}, secrets: { a: { file: "../elsewhere/canary.txt" } }`), OUTSIDE],
  [
    "an absolute secret's file",
    (a) => withImage(`${BASE}, secrets: { a: { file: ${JSON.stringify(a.file)} } }`),
    OUTSIDE,
  ],
  ["a linked secret's file", withImage(`${BASE}, secrets: { a: { file: "images/base/linked" } }`), OUTSIDE],
  ["a pipe as a secret", withImage(`${BASE}, secrets: { a: { file: "images/base/pipe" } }`), /is a named pipe/],
  ["a device as a secret", withImage(`${BASE}, secrets: { a: { file: "/dev/zero" } }`), OUTSIDE],
  ["the environment as a secret", withImage(`${BASE}, secrets: { a: { file: "/proc/self/environ" } }`), OUTSIDE],
  [
    "certificates above",
    withFields('builder: { registries: { "r.example.com": { ca: "../elsewhere/canary.txt" } } }'),
    OUTSIDE,
  ],
  [
    "a pipe as certificates",
    withFields('builder: { registries: { "r.example.com": { ca: "images/base/pipe" } } }'),
    /is a named pipe/,
  ],
  ["a path with a NUL", withImage(String.raw`context: "./images\u0000/base"`), /does not exist/],
  ["a path of great length", withImage('context: "./" + "a/".repeat(1e5)'), /does not exist/],
  ["a path of another case", withImage('context: "./Images/Base"'), /does not exist/],
  ["a circle of links", withImage('context: "./circle"'), OUTSIDE],
];

async function prepare({ root, file }: { root: string; file: string }): Promise<void> {
  const base = `${root}/images/base`;
  await Deno.symlink(file, `${base}/linked`);
  await Deno.symlink("/dev/zero", `${base}/zero`);
  await Deno.symlink(file.slice(0, file.lastIndexOf("/")), `${root}/images/linked`);
  await Deno.symlink("circle2", `${root}/circle`);
  await Deno.symlink("circle", `${root}/circle2`);
  await Deno.mkdir(`${base}/folder`);
  await mkfifo(`${base}/pipe`);
}

const declared = PATHS.map(([name, config, says]): Hostile => {
  return { kind: "declared paths", name, config, says, prepare };
});

/** The file is replaced by a pipe. */
function pipe(path: string): NonNullable<Hostile["prepare"]> {
  return async ({ root }) => {
    await Deno.remove(`${root}/${path}`).catch(() => undefined);
    await mkfifo(`${root}/${path}`);
  };
}

const SPECIAL: readonly Omit<Hostile, "kind">[] = [
  {
    name: "a pipe as the config",
    config: "",
    prepare: pipe("unitune.config.ts"),
    says: /is not a file|Cannot find a config/,
  },
  {
    name: "a folder as the config",
    config: "",
    prepare: async ({ root }) => {
      await Deno.remove(`${root}/unitune.config.ts`);
      await Deno.mkdir(`${root}/unitune.config.ts`);
    },
    says: /is not a file|Cannot find a config/,
  },
  {
    name: "a link to a device as the config",
    config: "",
    prepare: async ({ root }) => {
      await Deno.remove(`${root}/unitune.config.ts`);
      await Deno.symlink("/dev/zero", `${root}/unitune.config.ts`);
    },
    says: /is not a file|Cannot find a config/,
  },
  {
    name: "a link out of the project as the config",
    config: "",
    prepare: async ({ root, file }) => {
      await Deno.remove(`${root}/unitune.config.ts`);
      await Deno.symlink(file, `${root}/unitune.config.ts`);
    },
    says: /must not be a link to another folder/,
  },
  {
    name: "a pipe as a module",
    config: `import "./pipe.ts";\n${HEAD}${EXPORT}`,
    prepare: pipe("pipe.ts"),
    says: /must name an existing file/,
  },
  {
    name: "a pipe as .dockerignore",
    config: withImage(BASE),
    prepare: pipe("images/base/.dockerignore"),
    says: /"\.dockerignore" is a named pipe/,
  },
  {
    name: "a pipe as the Dockerfile",
    config: withImage(BASE),
    prepare: pipe("images/base/Dockerfile"),
    says: /"Dockerfile" is a named pipe/,
  },
];

/** Free texts that CloudFormation would take for a reference to somebody's secrets, or that reach another file. */
const REFERENCES: readonly (readonly [name: string, fields: string])[] = [
  ["a tag's value", 'tags: { a: "{{resolve:secretsmanager:prod:SecretString:password}}" }'],
  ["a tag's name", 'tags: { "{{resolve:ssm:/a}}": "b" }'],
  ["a part of a text", 'tags: { a: "x {{resolve:ssm-secure:/a:1}} y" }'],
  ["a label", 'images: { base: image({ context: "./images/base", labels: { a: "{{resolve:ssm:/a}}" } }) }'],
  ["an argument", 'images: { base: image({ context: "./images/base", args: { A: "{{resolve:ssm:/a}}" } }) }'],
  ["a pool's user data", 'pools: { cpu: cpuPool({ maxCpus: 8, tags: { a: "{{resolve:ssm:/a}}" } }) }'],
];

export const FILES: readonly Hostile[] = [
  ...declared,
  ...SPECIAL.map((one): Hostile => ({ kind: "special files", ...one })),
  ...REFERENCES.map(([name, fields]): Hostile => {
    return {
      kind: "CloudFormation's references",
      name,
      config: withFields(fields),
      says: /\{\{resolve:|is not one of/,
    };
  }),
];
