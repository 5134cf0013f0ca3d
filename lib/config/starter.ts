/** The files of a new project, from a few answers. Pure: the templates' texts are handed in. */
import { EXIT, UnituneError } from "../core/errors.ts";
import { MAX_NAME, NAME_PATTERN } from "../core/names.ts";
import { GPUS, isGpuName } from "./gpus.ts";
import { didYouMean } from "./issues.ts";
import { isPublicRange, rangeOf } from "./ranges.ts";

/** What a new project is made of. */
export interface StarterAnswers {
  /** Name of the project. */
  readonly name: string;
  /** AWS region. */
  readonly region: string;
  /** Public ranges that reach the API server; none: it is private. */
  readonly publicFrom: readonly string[];
  /** Names of GPUs; a pool for each. */
  readonly gpus: readonly string[];
}

/** Files in `templates/init`, and where a project has them. */
export const STARTER_FILES = {
  "config.ts.txt": "unitune.config.ts",
  "unitune.d.ts": ".unitune/unitune.d.ts",
  "deno.json": "deno.json",
  "tsconfig.json": "tsconfig.json",
  "Dockerfile": "images/app/Dockerfile",
  "dockerignore": "images/app/.dockerignore",
  "main.py": "images/app/main.py",
} as const;

export type StarterTexts = Readonly<Record<keyof typeof STARTER_FILES, string>>;

/** Path → text. Throws when an answer could not be used. */
export function starterFiles(answers: StarterAnswers, texts: StarterTexts): Readonly<Record<string, string>> {
  checkAnswers(answers);
  const entries = Object.entries(STARTER_FILES).map(([template, path]) => {
    const text = texts[template as keyof StarterTexts];
    return [path, path === "unitune.config.ts" ? filled(text, answers) : text];
  });
  return Object.fromEntries(entries);
}

function filled(text: string, { name, region, publicFrom, gpus }: StarterAnswers): string {
  const open = publicFrom.length > 0;
  const pools = gpus.map((gpu) =>
    `    ${JSON.stringify(gpu).replace(/^"([a-z][a-z0-9]*)"$/, "$1")}: ` +
    `gpuPool({ gpu: "${gpu}", maxGpus: 8, capacity: ["spot", "on-demand"] }),\n`
  );
  const values: Readonly<Record<string, string>> = {
    name,
    region,
    endpoint: open ? `{ publicFrom: ${JSON.stringify(publicFrom).replaceAll(",", ", ")} }` : '"private"',
    endpointWhy: open
      ? "Who reaches the API server from outside of the VPC."
      : 'The API server is reached from inside the VPC only; { publicFrom: ["<range>"] } opens it to your network.',
    pools: pools.join(""),
  };
  // A function that nothing calls would be a mistake to whoever lints the file.
  const used = gpus.length > 0 ? text : text.replace("defineConfig, gpuPool, image", "defineConfig, image");
  return used.replace(/\{\{(\w+)\}\}/g, (_, key: string) => values[key]!);
}

function checkAnswers({ name, region, publicFrom, gpus }: StarterAnswers): void {
  const wrong = (path: string, message: string, hint?: string): never => {
    throw new UnituneError("USAGE", `Cannot write a config as ${message}`, { path, hint, exit: EXIT.usage });
  };
  if (!NAME_PATTERN.test(name) || name.length > MAX_NAME) {
    wrong(
      "--name",
      `the name must be lower-case letters, digits and single hyphens, at most ${MAX_NAME}: found "${name}"`,
    );
  }
  if (!/^[a-z]{2}(-[a-z]+)+-[0-9]$/.test(region)) {
    wrong("--region", `the region must be an AWS region, like us-west-2: found "${region}"`);
  }
  for (const range of publicFrom) {
    if (!isPublicRange(range)) {
      wrong("--public-from", `a range must be public, /8 to /32: found "${range}"`, rangeOf(range)?.hint);
    }
  }
  for (const gpu of gpus) {
    if (isGpuName(gpu)) continue;
    const known = Object.keys(GPUS);
    wrong("--gpu", `there is no preset for GPU "${gpu}"`, didYouMean(gpu, known) ?? `Presets are ${known.join(", ")}`);
  }
}
