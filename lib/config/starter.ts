/** The files of a new project, from a few answers. Pure: the templates' texts are handed in. */
import { EXIT, UnituneError } from "../core/errors.ts";
import { MAX_NAME, NAME_PATTERN } from "../core/names.ts";
import { GPU_NAMES, isGpuName } from "./gpus.ts";
import { didYouMean } from "./issues.ts";
import { isPublicRange, rangeOf } from "../core/ranges.ts";

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
  /** A VPC that is there; `null`: one is made. */
  readonly vpc: {
    /** Its id. */
    readonly id: string;
    /** Ids of its private subnets, the control plane's first. */
    readonly privateSubnets: readonly string[];
  } | null;
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

function filled(text: string, { name, region, publicFrom, gpus, vpc }: StarterAnswers): string {
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
    network: vpc ? existing(vpc) : '{ nat: "single" }',
    networkWhy: vpc
      ? "A VPC that is there: nothing of it is changed. The control plane is in the first two subnets, for good."
      : 'One NAT gateway is cheaper, one in each zone ("per-az") outlives the loss of a zone.',
  };
  // A function that nothing calls would be a mistake to whoever lints the file.
  const used = gpus.length > 0 ? text : text.replace("defineConfig, gpuPool, image", "defineConfig, image");
  return used.replace(/\{\{(\w+)\}\}/g, (_, key: string) => values[key]!);
}

function existing({ id, privateSubnets }: NonNullable<StarterAnswers["vpc"]>): string {
  const subnets = privateSubnets.map((subnet) => `      ${JSON.stringify(subnet)},\n`).join("");
  return `{\n    vpcId: ${JSON.stringify(id)},\n    privateSubnets: [\n${subnets}    ],\n  }`;
}

function checkAnswers({ name, region, publicFrom, gpus, vpc }: StarterAnswers): void {
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
  if (vpc && !/^vpc-[0-9a-f]{8,17}$/.test(vpc.id)) {
    wrong("--vpc-id", `the VPC must be named by its id, like vpc-0123456789abcdef0: found "${vpc.id}"`);
  }
  for (const subnet of vpc?.privateSubnets ?? []) {
    if (/^subnet-[0-9a-f]{8,17}$/.test(subnet)) continue;
    wrong("--subnet", `a subnet must be named by its id, like subnet-0123456789abcdef0: found "${subnet}"`);
  }
  if (vpc && vpc.privateSubnets.length < 2) {
    const hint = `aws ec2 describe-subnets --region ${region} --filters Name=vpc-id,Values=${vpc.id} tells them`;
    wrong("--subnet", `a VPC that is there needs two private subnets: found ${vpc.privateSubnets.length}`, hint);
  }
  for (const gpu of gpus) {
    if (isGpuName(gpu)) continue;
    const hint = didYouMean(gpu, GPU_NAMES) ?? `Presets are ${GPU_NAMES.join(", ")}`;
    wrong("--gpu", `there is no preset for GPU "${gpu}"`, hint);
  }
}
