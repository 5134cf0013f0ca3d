/** What help, the reference and the man pages say of each command besides its flags. */

/** A command line, and what it does. */
type Example = readonly [command: string, what: string];

interface Manual {
  readonly group: keyof typeof GROUPS;
  readonly examples: readonly Example[];
  /** Variables of the environment that it reads besides those that all commands read. */
  readonly environment?: readonly (keyof typeof VARIABLES)[];
}

/** Groups of commands, in the order in which help lists them. */
const GROUPS = {
  first: "Plan and apply:",
  images: "Images:",
  cluster: "The cluster:",
  files: "Files and shells:",
} as const;

/** Variables of the environment, and what they change. */
export const VARIABLES = {
  "AWS_PROFILE, AWS_…": "who signs in to AWS, as with the AWS CLI",
  "HTTPS_PROXY, NO_PROXY": "the proxy to AWS and to the cluster",
  NO_COLOR: "no colour, if it is set",
  GITHUB_ACTIONS: "`true`: errors are also annotations of their lines",
  AWS_REGION: "the region that init offers first",
  KUBECONFIG: "the file that kubeconfig writes",
  XDG_CACHE_HOME: "where digests of unchanged files are remembered (default: ~/.cache)",
} as const;

/** Those that every command reads. */
export const COMMON_VARIABLES = [
  "AWS_PROFILE, AWS_…",
  "HTTPS_PROXY, NO_PROXY",
  "NO_COLOR",
  "GITHUB_ACTIONS",
] as const satisfies readonly (keyof typeof VARIABLES)[];

export const MANUAL: Readonly<Record<string, Manual>> = {
  init: {
    group: "first",
    environment: ["AWS_REGION"],
    examples: [
      ["unitune init", "ask, and write into this folder"],
      ["unitune init acme-ml --gpu l4,h100", "write into another folder, with a pool for each GPU"],
      ["unitune init --yes --region eu-west-1", "ask nothing"],
    ],
  },
  plan: {
    group: "first",
    environment: ["XDG_CACHE_HOME"],
    examples: [
      ["unitune plan --offline", "look at everything, without an account"],
      ["unitune plan --html plan.html", "the same as a page"],
      ["unitune plan --out plan.json --markdown", "save the plan, and print it for a pull request"],
    ],
  },
  apply: {
    group: "first",
    environment: ["XDG_CACHE_HOME"],
    examples: [
      ["unitune apply", "show the plan, ask, and run it"],
      ["unitune apply --yes --only infra,pools", "everything but images, without a question"],
      ["unitune apply plan.json", "run a plan that `unitune plan --out plan.json` saved"],
    ],
  },
  configure: { group: "cluster", examples: [["unitune configure --yes", "create or update the cluster alone"]] },
  destroy: {
    group: "first",
    examples: [
      ["unitune destroy --dry-run", "see what would be deleted, and in which order"],
      ["unitune destroy --yes --delete-data", "delete everything, images included, without a question"],
    ],
  },
  build: {
    group: "images",
    environment: ["XDG_CACHE_HOME"],
    examples: [
      ["unitune build", "build every image that has changed"],
      ["unitune build trainer --secret-env HF_TOKEN", "one image and what it needs, with a secret"],
      ["unitune build --dry-run", "print the Jobs as YAML"],
    ],
  },
  deploy: {
    group: "images",
    environment: ["XDG_CACHE_HOME"],
    examples: [[
      "unitune deploy ./images/trainer --image-name trainer --tag v2",
      "build a folder that no config declares",
    ]],
  },
  context: {
    group: "images",
    environment: ["XDG_CACHE_HOME"],
    examples: [
      ["unitune context trainer", "the files of an image's build context"],
      ["unitune context ./images/trainer", "those of a folder"],
    ],
  },
  logs: { group: "images", examples: [["unitune logs trainer", "follow the build of an image to its end"]] },
  status: {
    group: "cluster",
    examples: [
      ["unitune status", "look once"],
      ["unitune status --watch", "look again and again"],
    ],
  },
  doctor: { group: "cluster", examples: [["unitune doctor", "find out why an apply would not work"]] },
  kubeconfig: {
    group: "cluster",
    environment: ["KUBECONFIG"],
    examples: [
      ["unitune kubeconfig", "let kubectl into the cluster"],
      ["unitune kubeconfig --print > kubeconfig.yaml", "write no file but this one"],
    ],
  },
  synth: {
    group: "files",
    examples: [["unitune synth --out build", "write templates, objects, Jobs and policies as files"]],
  },
  schema: {
    group: "files",
    examples: [
      ["unitune schema > unitune.schema.json", "the schema of the config"],
      ["unitune schema plan", "that of what `unitune plan --json` prints"],
    ],
  },
  types: { group: "files", examples: [["unitune types", "after an upgrade"]] },
  completions: {
    group: "files",
    examples: [
      ["source <(unitune completions bash)", "in ~/.bashrc"],
      ["source <(unitune completions zsh)", "in ~/.zshrc, after compinit"],
      ["unitune completions fish > ~/.config/fish/completions/unitune.fish", "once"],
    ],
  },
};

/** The heading under which help lists a command. */
export function groupOf(command: string): string {
  return GROUPS[MANUAL[command]?.group ?? "files"];
}
