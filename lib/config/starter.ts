/** The files of a new project, from a few answers. Pure: the texts of the templates are passed in. */
import { UnituneError } from "../core/errors.ts";
import { GPU_RESOURCE, GPU_TAINT } from "../core/facts/taints.ts";
import { dnsSuffix } from "../core/names.ts";
import { formatPath, type Issue } from "./issues.ts";
import { resolveConfig } from "./resolve/config.ts";

/** The answers from which a new project is created. */
export interface StarterAnswers {
  /** Name of the project. */
  readonly name: string;
  /** AWS region. */
  readonly region: string;
  /** Public ranges that can reach the API server; empty: it is private. */
  readonly publicFrom: readonly string[];
  /** Names of GPUs; the project gets a pool for each. */
  readonly gpus: readonly string[];
  /** An existing VPC; `null`: unitune creates one. */
  readonly vpc: {
    /** Its id. */
    readonly id: string;
    /** Ids of its private subnets, the control plane's first. */
    readonly privateSubnets: readonly string[];
  } | null;
}

/** Files in `templates/init`, and their paths in a project. */
export const STARTER_FILES = {
  "config.ts.txt": "unitune.config.ts",
  "unitune.d.ts": ".unitune/unitune.d.ts",
  "deno.json": "deno.json",
  "tsconfig.json": "tsconfig.json",
  "Dockerfile": "images/app/Dockerfile",
  "dockerignore": "images/app/.dockerignore",
  "main.py": "images/app/main.py",
  "train.yaml": "train.yaml",
  "gitignore": ".gitignore",
} as const;

export type StarterTexts = Readonly<Record<keyof typeof STARTER_FILES, string>>;

/** Path → text. Throws if an answer is invalid. */
export function starterFiles(answers: StarterAnswers, texts: StarterTexts): Readonly<Record<string, string>> {
  checkAnswers(answers);
  const entries = Object.entries(STARTER_FILES).map(([template, path]) => {
    const text = texts[template as keyof StarterTexts];
    if (path === "unitune.config.ts") return [path, filled(text, answers)];
    return [path, path === "train.yaml" ? filledJob(text, answers) : text];
  });
  return Object.fromEntries(entries);
}

/** The pool of each GPU. */
const GPU_POOL = { maxGpus: 8, capacity: ["spot", "on-demand"] } as const;

function list(values: readonly string[]): string {
  return JSON.stringify(values).replaceAll(",", ", ");
}

function filled(text: string, { name, region, publicFrom, gpus, vpc }: StarterAnswers): string {
  const open = publicFrom.length > 0;
  const pools = [...new Set(gpus)].map((gpu) => {
    const fields = [`gpu: "${gpu}"`, `maxGpus: ${GPU_POOL.maxGpus}`, `capacity: ${list(GPU_POOL.capacity)}`];
    const start = `    ${JSON.stringify(gpu).replace(/^"([a-z][a-z0-9]*)"$/, "$1")}: gpuPool({`;
    const line = `${start} ${fields.join(", ")} }),\n`;
    // As `deno fmt` breaks lines.
    return line.length <= 81 ? line : `${start}\n${fields.map((field) => `      ${field},\n`).join("")}    }),\n`;
  });
  const values: Readonly<Record<string, string>> = {
    name,
    region,
    endpoint: open ? `{ publicFrom: ${list(publicFrom)} }` : '"private"',
    endpointWhy: open
      ? "Who can reach the API server from outside the VPC."
      : 'The API server can be reached only from inside the VPC; { publicFrom: ["<range>"] } opens it to your network.',
    pools: pools.join(""),
    network: vpc ? existing(vpc) : '{ nat: "single" }',
    networkWhy: vpc
      ? "An existing VPC, which unitune does not change. The control plane stays in the first two subnets."
      : 'A single NAT gateway is cheaper; one in each zone ("per-az") survives the loss of a zone.',
  };
  // A linter would report an unused import.
  const used = gpus.length > 0 ? text : text.replace("defineConfig, gpuPool, image", "defineConfig, image");
  return used.replace(/\{\{(\w+)\}\}/g, (_, key: string) => values[key]!);
}

/** The Job fits the first pool that was asked for. */
function filledJob(text: string, { name, region, gpus: [gpu] }: StarterAnswers): string {
  const toleration = ["      tolerations:", `        - key: ${GPU_TAINT.key}`, "          operator: Exists", ""].join(
    "\n",
  );
  const limit = ["            limits:", `              ${GPU_RESOURCE}: 1`].join("\n");
  const values: Readonly<Record<string, string>> = {
    name,
    region,
    domain: dnsSuffix(region),
    pool: gpu ?? "cpu",
    tolerations: gpu ? toleration : "",
    gpuLimit: gpu ? limit : "",
  };
  return `${text.replace(/\{\{(\w+)\}\}/g, (_, key: string) => values[key]!).trimEnd()}\n`;
}

function existing({ id, privateSubnets }: NonNullable<StarterAnswers["vpc"]>): string {
  const subnets = privateSubnets.map((subnet) => `      ${JSON.stringify(subnet)},\n`).join("");
  return `{\n    vpcId: ${JSON.stringify(id)},\n    privateSubnets: [\n${subnets}    ],\n  }`;
}

/** Where each answer goes in the config, its flag, and its name in messages. */
const QUESTIONS = [
  { at: "name", flag: "--name", what: "the name" },
  { at: "region", flag: "--region", what: "the region" },
  { at: "network.zones", flag: "--region", what: "network.zones" },
  { at: "network.vpcId", flag: "--vpc-id", what: "the VPC" },
  { at: "network.privateSubnets", flag: "--subnet", what: "a subnet" },
  { at: "cluster.endpoint", flag: "--public-from", what: "a range" },
  { at: "pools", flag: "--gpu", what: "the GPU" },
] as const;

/** An answer that is wrong: its flag, the rule and what was found, the next step. */
export interface Refusal {
  /** The flag of the question. */
  readonly flag?: string;
  /** The rule and what was found. */
  readonly message: string;
  /** The next step. */
  readonly hint?: string | undefined;
}

/** What is wrong with the answers as they are, in the words of the questions; empty: nothing. */
export function refusals(answers: StarterAnswers): readonly Refusal[] {
  return resolveConfig({ value: plainConfig(answers), refused: [] }).issues.map((issue) => refusal(issue, answers));
}

/** Checks the answers by the config's own rules, so that `plan` accepts whatever is written here. */
function checkAnswers(answers: StarterAnswers): void {
  const [first, ...others] = refusals(answers);
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
  return question ? { flag: question.flag, message: `${question.what} ${message}`, hint } : { message, hint };
}

/** What the written config evaluates to, as far as it depends on the answers. */
function plainConfig({ name, region, publicFrom, gpus, vpc }: StarterAnswers): Readonly<Record<string, unknown>> {
  return {
    name,
    region,
    cluster: { endpoint: publicFrom.length > 0 ? { publicFrom } : "private" },
    ...(vpc && { network: { vpcId: vpc.id, privateSubnets: vpc.privateSubnets } }),
    pools: Object.fromEntries(gpus.map((gpu) => [gpu, { $: "gpuPool", gpu, ...GPU_POOL }])),
  };
}
