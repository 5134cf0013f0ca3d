/** User data of a pool: is it what its machine image reads, and does it leave alone what others write? */
import { parse, TomlError } from "smol-toml";
import { parseAllDocuments } from "yaml";
import { isTable, type Table } from "../../core/tables.ts";
import { NODE_CONFIG, type UserDataPart, userDataParts } from "../../core/user_data.ts";
import type { Issue, Path } from "../issues.ts";

/** What somebody else writes, and what to write in its place. */
interface Taken {
  readonly at: readonly string[];
  readonly by: string;
  readonly hint: string;
}

const KARPENTER = "Karpenter, over whatever stands there";
const leave = (at: string, by: string, hint: string): Taken => ({ at: at.split(" "), by, hint });

const IN_SETTINGS: readonly Taken[] = [
  ...["cluster-name", "api-server", "cluster-certificate"].map((key) => {
    return leave(`settings kubernetes ${key}`, KARPENTER, "leave it out");
  }),
  leave("settings kubernetes node-labels", "labels, so that Karpenter knows them", "write labels"),
  leave("settings kubernetes node-taints", KARPENTER, "write taints"),
  leave("settings bootstrap-commands 000-mount-instance-storage", KARPENTER, "write instanceStore"),
  leave("settings container-runtime snapshotter", "imagePull", "write imagePull"),
  leave("settings container-runtime-plugins soci-snapshotter pull-mode", "imagePull", "write imagePull"),
];

const OF_SHARING: readonly Taken[] = [
  ...["device-sharing-strategy", "device-partitioning-strategy", "time-slicing", "mig"].map((key) => {
    return leave(`settings kubelet-device-plugins nvidia ${key}`, "sharing", "leave one of the two out");
  }),
];

const IN_NODE_CONFIG: readonly Taken[] = [
  leave("spec cluster", KARPENTER, "leave it out"),
  leave("spec instance localStorage", KARPENTER, "write instanceStore"),
  leave("spec featureGates FastImagePull", "imagePull", "write imagePull"),
  leave("spec kubelet config registerWithTaints", KARPENTER, "write taints"),
];

/** Keys of AWS, private keys, and passwords of registries in Bottlerocket's settings. */
const SECRET = /\bA(?:KI|SI)A[0-9A-Z]{16}\b|-----BEGIN [A-Z ]*PRIVATE KEY-----|^\s*(?:password|identitytoken)\s*=/m;

interface UserDataOf {
  readonly bottlerocket: boolean;
  readonly shared: boolean;
}

/** All that stands against the text; `path` is its place in the config. */
export function userDataIssues(text: string, of: UserDataOf, path: Path): Issue[] {
  if (SECRET.test(text)) {
    const message = "must hold no secret: whoever may read node classes, and every pod that reaches the node's " +
      "metadata, reads it";
    return [{ code: "INVALID_VALUE", path, message, hint: "let pods take roles by Pod Identity" }];
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
    const message = `must be TOML, as Bottlerocket reads it: ${reason} in line ${error.line}, column ${error.column}`;
    return [{ code: "INVALID_VALUE", path, message, hint: shellHint(text) }];
  }
  const others = Object.keys(table).filter((key) => key !== "settings");
  if (others.length > 0 || !isTable(table["settings"])) {
    const found = others.length > 0 ? others.join(", ") : "none";
    const message = `must hold the table settings and nothing beside it, which Karpenter drops: found ${found}`;
    const hint = shellHint(text) ?? "for example [settings.kernel.sysctl]";
    return [{ code: "INVALID_VALUE", path, message, hint }];
  }
  return takenIssues(table, [...IN_SETTINGS, ...(shared ? OF_SHARING : [])], path);
}

function shellHint(text: string): string | undefined {
  const other = text.startsWith("#!") || text.includes("NodeConfig") || /^MIME-Version/i.test(text);
  return other ? "Bottlerocket runs no scripts and no nodeadm: those are for AL2023" : undefined;
}

function partsIssues(text: string, path: Path): Issue[] {
  const parts = userDataParts(text);
  if (parts) return parts.flatMap((part) => part.type.startsWith(NODE_CONFIG) ? nodeConfigIssues(part, path) : []);
  const message = "must be MIME with its parts, as it begins so: found no boundary, or a part without Content-Type";
  return [{ code: "INVALID_VALUE", path, message }];
}

function nodeConfigIssues({ content }: UserDataPart, path: Path): Issue[] {
  const rule = "must be a NodeConfig in YAML, or a shell script that begins with #!, as AL2023 reads it";
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

/** Labels and taints that Karpenter does not know would make it launch nodes that fit no pod. */
function flagIssues(config: Table, path: Path): Issue[] {
  const flags = valueAt(config, ["spec", "kubelet", "flags"]);
  const taken = (Array.isArray(flags) ? flags : []).map(String).filter((flag) => {
    return /^--(?:node-labels|register-with-taints)\b/.test(flag);
  });
  return taken.map((flag) => {
    const [field] = /labels|taints/.exec(flag)!;
    const message = `must leave spec.kubelet.flags ${
      flag.split("=")[0]
    } out: Karpenter has to know the pool's ${field}`;
    return { code: "CONFLICT", path, message, hint: `write ${field}` };
  });
}

function takenIssues(table: Table, taken: readonly Taken[], path: Path): Issue[] {
  return taken.filter(({ at }) => valueAt(table, at) !== undefined).map(({ at, by, hint }) => {
    const message = `must leave ${at.join(".")} out: it is written by ${by}`;
    return { code: "CONFLICT", path, message, hint };
  });
}

function valueAt(table: unknown, [first, ...rest]: readonly string[]): unknown {
  if (first === undefined) return table;
  return isTable(table) ? valueAt(table[first], rest) : undefined;
}
