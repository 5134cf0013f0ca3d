/** The files of a new project, from a few answers. Pure: the templates' texts are handed in. */
import { UnituneError } from "../core/errors.ts";
import { formatPath, type Issue } from "./issues.ts";
import { resolveConfig } from "./resolve/config.ts";

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

/** What each of the GPUs gets. */
const GPU_POOL = { maxGpus: 8, capacity: ["spot", "on-demand"] } as const;

function list(values: readonly string[]): string {
  return JSON.stringify(values).replaceAll(",", ", ");
}

function filled(text: string, { name, region, publicFrom, gpus, vpc }: StarterAnswers): string {
  const open = publicFrom.length > 0;
  const pools = [...new Set(gpus)].map((gpu) =>
    `    ${JSON.stringify(gpu).replace(/^"([a-z][a-z0-9]*)"$/, "$1")}: ` +
    `gpuPool({ gpu: "${gpu}", maxGpus: ${GPU_POOL.maxGpus}, capacity: ${list(GPU_POOL.capacity)} }),\n`
  );
  const values: Readonly<Record<string, string>> = {
    name,
    region,
    endpoint: open ? `{ publicFrom: ${list(publicFrom)} }` : '"private"',
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

/** Where in a config an answer goes, and who asks for it. */
const QUESTIONS = [
  { at: "name", flag: "--name", asked: "the name" },
  { at: "region", flag: "--region", asked: "the region" },
  { at: "network.zones", flag: "--region", asked: "network.zones" },
  { at: "network.vpcId", flag: "--vpc-id", asked: "the VPC" },
  { at: "network.privateSubnets", flag: "--subnet", asked: "a subnet" },
  { at: "cluster.endpoint", flag: "--public-from", asked: "a range" },
  { at: "pools", flag: "--gpu", asked: "the GPU" },
] as const;

interface Refusal {
  readonly flag?: string;
  readonly message: string;
  readonly hint?: string | undefined;
}

/** By the config's own rules: whatever is written here, a plan takes. */
function checkAnswers(answers: StarterAnswers): void {
  const { issues } = resolveConfig({ value: plainConfig(answers), refused: [] });
  const [first, ...others] = issues.map((issue) => refusal(issue, answers));
  if (!first) return;
  throw new UnituneError("USAGE", `Cannot write a config as ${first.message}`, {
    path: first.flag,
    hint: first.hint,
    lines: others.map(({ message }) => message),
  });
}

function refusal({ path, message, hint }: Issue, { region, vpc }: StarterAnswers): Refusal {
  const at = formatPath(path), question = QUESTIONS.find((one) => at.startsWith(one.at));
  if (vpc && at === "network.privateSubnets") {
    return {
      flag: "--subnet",
      message: `an existing VPC needs at least two private subnets: found ${vpc.privateSubnets.length}`,
      hint: `aws ec2 describe-subnets --region ${region} --filters Name=vpc-id,Values=${vpc.id} lists them`,
    };
  }
  return question ? { flag: question.flag, message: `${question.asked} ${message}`, hint } : { message, hint };
}

/** What the written config is, evaluated: as far as the answers reach. */
function plainConfig({ name, region, publicFrom, gpus, vpc }: StarterAnswers): Readonly<Record<string, unknown>> {
  return {
    name,
    region,
    cluster: { endpoint: publicFrom.length > 0 ? { publicFrom } : "private" },
    ...(vpc && { network: { vpcId: vpc.id, privateSubnets: vpc.privateSubnets } }),
    pools: Object.fromEntries(gpus.map((gpu) => [gpu, { $: "gpuPool", gpu, ...GPU_POOL }])),
  };
}
