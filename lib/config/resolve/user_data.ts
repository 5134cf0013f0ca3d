/** Checks the user data of a pool: that its machine image can read it, and that it does not set what others write. */
import { parse, TomlError } from "smol-toml";
import { parseAllDocuments } from "yaml";
import { isTable, type Table } from "../../core/tables.ts";
import { NODE_CONFIG, type UserDataPart, userDataParts } from "../../core/user_data.ts";
import type { Issue, Path } from "../issues.ts";

/** A setting that is not the user data's to write, who writes it, and what to do instead. */
interface Taken {
  readonly at: readonly string[];
  readonly by: string;
  readonly hint: string;
}

const KARPENTER = "Karpenter, which would overwrite it";
const leave = (at: string, by: string, hint: string): Taken => ({ at: at.split(" "), by, hint });

const IN_SETTINGS: readonly Taken[] = [
  ...["cluster-name", "api-server", "cluster-certificate"].map((key) => {
    return leave(`settings kubernetes ${key}`, KARPENTER, "leave it out");
  }),
  leave("settings kubernetes node-labels", "the pool's labels, so that Karpenter knows them", "use labels"),
  leave("settings kubernetes node-taints", KARPENTER, "use taints"),
  leave("settings bootstrap-commands 000-mount-instance-storage", KARPENTER, "use instanceStore"),
  leave("settings container-runtime snapshotter", "imagePull", "use imagePull"),
  leave("settings container-runtime-plugins soci-snapshotter pull-mode", "imagePull", "use imagePull"),
];

const OF_SHARING: readonly Taken[] = [
  ...["device-sharing-strategy", "device-partitioning-strategy", "time-slicing", "mig"].map((key) => {
    return leave(`settings kubelet-device-plugins nvidia ${key}`, "sharing", "remove one of the two");
  }),
];

const IN_NODE_CONFIG: readonly Taken[] = [
  leave("spec cluster", KARPENTER, "leave it out"),
  leave("spec instance localStorage", KARPENTER, "use instanceStore"),
  leave("spec featureGates FastImagePull", "imagePull", "use imagePull"),
  leave("spec kubelet config registerWithTaints", KARPENTER, "use taints"),
];

/** AWS access keys, private keys, and passwords of registries in Bottlerocket's settings. */
const SECRET = /\bA(?:KI|SI)A[0-9A-Z]{16}\b|-----BEGIN [A-Z ]*PRIVATE KEY-----|^\s*(?:password|identitytoken)\s*=/m;

interface UserDataOf {
  readonly bottlerocket: boolean;
  readonly shared: boolean;
}

/** All mistakes in the text; `path` is its place in the config. */
export function userDataIssues(text: string, of: UserDataOf, path: Path): Issue[] {
  if (SECRET.test(text)) {
    const message = "must not contain secrets: anyone who can read node classes, and every pod that can reach the " +
      "node's metadata, can read it";
    return [{ code: "INVALID_VALUE", path, message, hint: "let pods assume roles through Pod Identity" }];
  }
  return of.bottlerocket ? settingsIssues(text, of.shared, path) : partsIssues(text, path);
}

function settingsIssues(text: string, shared: boolean, path: Path): Issue[] {
  let table: Table;
  try {
    table = parse(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const reason = error.message.split("\n")[0]!.replace("Invalid TOML document: ", "");
    const message = `must be TOML for Bottlerocket: ${reason} in line ${error.line}, column ${error.column}`;
    return [{ code: "INVALID_VALUE", path, message, hint: shellHint(text) }];
  }
  const others = Object.keys(table).filter((key) => key !== "settings");
  if (others.length > 0 || !isTable(table["settings"])) {
    const found = others.length > 0 ? others.join(", ") : "none";
    const message = `must have only the table settings, as Karpenter drops all others: found ${found}`;
    const hint = shellHint(text) ?? "for example [settings.kernel.sysctl]";
    return [{ code: "INVALID_VALUE", path, message, hint }];
  }
  return takenIssues(table, [...IN_SETTINGS, ...(shared ? OF_SHARING : [])], path);
}

function shellHint(text: string): string | undefined {
  const other = text.startsWith("#!") || text.includes("NodeConfig") || /^MIME-Version/i.test(text);
  return other
    ? "scripts and NodeConfig work only on AL2023: Bottlerocket runs neither scripts nor nodeadm"
    : undefined;
}

function partsIssues(text: string, path: Path): Issue[] {
  const parts = userDataParts(text);
  if (parts) return parts.flatMap((part) => part.type.startsWith(NODE_CONFIG) ? nodeConfigIssues(part, path) : []);
  const message = "must be complete MIME, as it starts like MIME: found no boundary, or a part without Content-Type";
  return [{ code: "INVALID_VALUE", path, message }];
}

function nodeConfigIssues({ content }: UserDataPart, path: Path): Issue[] {
  const rule = "must be a NodeConfig in YAML or a shell script that starts with #!, for AL2023";
  const documents = parseAllDocuments(content, { version: "1.1" }), [first] = documents;
  const [error] = documents.flatMap((document) => document.errors);
  if (error) {
    const [{ line, col } = { line: 0, col: 0 }] = error.linePos ?? [];
    const reason = error.message.split(/ at line|:\n|\n/)[0];
    return [{ code: "INVALID_VALUE", path, message: `${rule}: ${reason} in line ${line}, column ${col}` }];
  }
  const config: unknown = first?.toJS();
  if (documents.length !== 1 || !isTable(config) || config["kind"] !== "NodeConfig") {
    const found = documents.length === 1 && isTable(config)
      ? `kind ${JSON.stringify(config["kind"])}`
      : "something else";
    const hint = "apiVersion: node.eks.aws/v1alpha1, kind: NodeConfig, spec: …";
    return [{ code: "INVALID_VALUE", path, message: `${rule}: found ${found}`, hint }];
  }
  return [...takenIssues(config, IN_NODE_CONFIG, path), ...flagIssues(config, path)];
}

/** With labels and taints that Karpenter does not know, it would launch nodes that fit no pod. */
function flagIssues(config: Table, path: Path): Issue[] {
  const flags = valueAt(config, ["spec", "kubelet", "flags"]);
  const taken = (Array.isArray(flags) ? flags : []).map(String).filter((flag) => {
    return /^--(?:node-labels|register-with-taints)\b/.test(flag);
  });
  return taken.map((flag) => {
    const [field] = /labels|taints/.exec(flag)!;
    const message = `must not set ${
      flag.split("=")[0]
    } in spec.kubelet.flags: Karpenter has to know the pool's ${field}`;
    return { code: "CONFLICT", path, message, hint: `use ${field}` };
  });
}

function takenIssues(table: Table, taken: readonly Taken[], path: Path): Issue[] {
  return taken.filter(({ at }) => valueAt(table, at) !== undefined).map(({ at, by, hint }) => {
    const message = `must not set ${at.join(".")}: it is set by ${by}`;
    return { code: "CONFLICT", path, message, hint };
  });
}

function valueAt(table: unknown, [first, ...rest]: readonly string[]): unknown {
  if (first === undefined) return table;
  return isTable(table) ? valueAt(table[first], rest) : undefined;
}
