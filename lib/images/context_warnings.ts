/** What is probably a mistake in a build context: its size, what looks like a secret, what Git left out. */
import { formatBytes } from "../core/units.ts";
import { contextBytes, type ContextEntry } from "./context.ts";

type Entries = readonly ContextEntry[];

/** A context of more bytes is large. */
const LARGE = 2 ** 30;
/** A folder that tools create again is worth a line in the ignore file from this size on. */
const WORTH_A_LINE = 32 * 2 ** 20;
const SHOWN = 5;

/** Folders that tools write and images hardly ever need. */
const CREATED = [
  ".cache",
  ".mypy_cache",
  ".pytest_cache",
  ".ruff_cache",
  ".tox",
  ".venv",
  "__pycache__",
  "build",
  "checkpoints",
  "dist",
  "mlruns",
  "node_modules",
  "outputs",
  "venv",
  "wandb",
];

/** Names of files that hold keys, tokens and passwords. */
const SECRETS: readonly RegExp[] = [
  /(^|\/)\.env(\.(?!example$|sample$|template$|dist$)[^/]*)?$/,
  /(^|\/)id_(rsa|dsa|ecdsa|ed25519)$/,
  /(^|\/)(?!(ca|cacert|cert|chain|fullchain|root)[^/]*\.pem$)[^/]*\.(pem|key|p12|pfx|keystore|jks)$/,
  /(^|\/)\.aws\/credentials$/,
  /(^|\/)[._](netrc|pypirc|git-credentials|vault-token|pgpass|htpasswd)$/,
  /(^|\/)(kubeconfig|\.kube\/config|\.docker\/config\.json|\.?huggingface\/token)$/,
  /(^|\/)([a-z_]*[-_.])?(token|secret|credential)s?(\.(txt|json|ya?ml|env))?$/i,
  /(^|\/)service[-_]account[^/]*\.json$/i,
  /\.tfstate$/,
];

/** `gitmodules`: the text of the context's `.gitmodules`, if there is one. */
export function contextWarnings(entries: Entries, gitmodules: string | null = null): string[] {
  const copied = entries.filter(({ ignored }) => !ignored);
  return [...sizeWarnings(copied), ...gitWarnings(copied, gitmodules), ...secretWarnings(copied)];
}

function sizeWarnings(entries: Entries): string[] {
  const bytes = contextBytes(entries), folders = sizesByFolder(entries);
  const created = [...folders].filter(([path, size]) => size >= WORTH_A_LINE && isCreated(path));
  const warnings = created.map(([path, size]) => {
    return `The context contains ${path}: a line "${path}" in .dockerignore saves ${formatBytes(size)}`;
  });
  if (bytes <= LARGE) return warnings;
  const largest = [...folders].filter(([path, size]) => !path.includes("/") && size >= WORTH_A_LINE)
    .sort(([, a], [, b]) => b - a).slice(0, 3).map(([path, size]) => `${path} ${formatBytes(size)}`);
  const where = largest.length > 0 ? ` (${largest.join(", ")})` : "";
  return [
    `The context is ${formatBytes(bytes)}${where}: exclude what the image does not need in .dockerignore, or fetch ` +
    "it in a RUN step",
    ...warnings,
  ];
}

/** Only the outermost of nested ones. */
function isCreated(path: string): boolean {
  const parts = path.split("/");
  return CREATED.includes(parts.at(-1)!) && !parts.slice(0, -1).some((part) => CREATED.includes(part));
}

function sizesByFolder(entries: Entries): ReadonlyMap<string, number> {
  const sizes = new Map<string, number>();
  for (const { path, size } of entries) {
    for (let end = path.indexOf("/"); end >= 0; end = path.indexOf("/", end + 1)) {
      const folder = path.slice(0, end);
      sizes.set(folder, (sizes.get(folder) ?? 0) + size);
    }
  }
  return sizes;
}

function gitWarnings(entries: Entries, gitmodules: string | null): string[] {
  const git = entries.filter(({ path }) => path.startsWith(".git/"));
  const warnings = git.length === 0 ? [] : [
    `The context contains .git (${
      formatBytes(contextBytes(git))
    }), which changes with each commit: exclude it in .dockerignore`,
  ];
  if (entries.some(({ path, type }) => path === ".git" && type === "file")) {
    warnings.push(
      "The context contains .git as a file, which names a folder outside (a worktree or a submodule): git does not " +
        "work in the build; exclude it in .dockerignore",
    );
  }
  const empty = submodules(gitmodules ?? "").filter((path) => {
    return entries.some((entry) => entry.path === path && entry.type === "dir") &&
      !entries.some((entry) => entry.path.startsWith(`${path}/`));
  });
  if (empty.length > 0) {
    warnings.push(`Submodules are empty (${some(empty)}): run git submodule update --init --recursive`);
  }
  return warnings;
}

function submodules(gitmodules: string): string[] {
  return [...gitmodules.matchAll(/^\s*path\s*=\s*"?([^"\n]*?)"?\s*$/gm)].map(([, path]) => path!);
}

function secretWarnings(entries: Entries): string[] {
  const found = entries.filter(({ path, type }) => type === "file" && SECRETS.some((name) => name.test(path)));
  if (found.length === 0) return [];
  const paths = some(found.map(({ path }) => path));
  return [
    `The context contains what looks like secrets (${paths}): exclude them in .dockerignore, and mount them with ` +
    "`secrets` if the build needs them",
  ];
}

function some(paths: readonly string[]): string {
  const more = paths.length - SHOWN;
  return paths.slice(0, SHOWN).join(", ") + (more > 0 ? ` and ${more} more` : "");
}
