/** `RUN --mount=type=secret,id=hf,…`. */
import { DockerfileError } from "./errors.ts";
import { csvFields } from "./flags.ts";

export interface MountFlag {
  readonly type: string;
  /** A stage, a need or an image; empty: the build context. */
  readonly from: string;
  readonly source: string;
  readonly target: string;
  readonly id: string;
  readonly required: boolean;
}

const TYPES = ["bind", "cache", "tmpfs", "secret", "ssh"];
const SHARING = ["shared", "private", "locked"];
const WITH_OWNER = ["secret", "ssh", "cache"];
const BOOLEANS: Readonly<Record<string, boolean>> = {
  "1": true,
  t: true,
  T: true,
  TRUE: true,
  true: true,
  True: true,
  "0": false,
  f: false,
  F: false,
  FALSE: false,
  false: false,
  False: false,
};

type Fields = { -readonly [K in keyof MountFlag]: MountFlag[K] } & { sharing: string; owner: string[] };

/** What BuildKit checks before it knows the values of variables; the source stage, the only one that is known then. */
export function mountSource(flag: string): string {
  let from = "";
  for (const field of csvFields(flag, "mounts")) {
    const { key, value } = fieldOf(field);
    if (key !== "from" || value === null) continue;
    const dollar = value.indexOf("$");
    if (dollar >= 0 && dollar !== value.length - 1) {
      throw new DockerfileError("'from' doesn't support variable expansion, define alias stage instead");
    }
    from = value;
  }
  return from;
}

/** `expand` replaces variables. Throws a `DockerfileError`. */
export function readMount(flag: string, expand: (value: string) => string): MountFlag {
  const mount: Fields = {
    type: "bind",
    from: "",
    source: "",
    target: "",
    id: "",
    required: false,
    sharing: "",
    owner: [],
  };
  for (const field of csvFields(flag, "mounts")) {
    const { key, value } = fieldOf(field);
    if (value === null) setSwitch(mount, key, field);
    else setField(mount, key, expand(value), field);
  }
  const { sharing, owner, ...result } = mount;
  refuseCombinations(mount);
  if (owner.length > 0 && !WITH_OWNER.includes(mount.type)) {
    throw new DockerfileError(`${owner[0]} not allowed for "${mount.type}" type mounts`);
  }
  if (sharing !== "" && mount.type !== "cache") {
    throw new DockerfileError(`invalid cache sharing set for ${mount.type} mount`);
  }
  return result;
}

function fieldOf(field: string): { key: string; value: string | null } {
  const equals = field.indexOf("=");
  if (equals < 0) return { key: field.toLowerCase(), value: null };
  return { key: field.slice(0, equals).toLowerCase(), value: field.slice(equals + 1) };
}

function setSwitch(mount: Fields, key: string, field: string): void {
  if (["readonly", "ro", "readwrite", "rw"].includes(key)) return;
  if (key !== "required") throw new DockerfileError(`invalid field '${field}' must be a key=value pair`);
  needsType(mount, key, ["secret", "ssh"]);
  mount.required = true;
}

function setField(mount: Fields, key: string, value: string, field: string): void {
  switch (key) {
    case "type":
      if (!TYPES.includes(value.toLowerCase())) throw new DockerfileError(`unsupported mount type "${value}"`);
      mount.type = value.toLowerCase();
      return;
    case "from":
    case "id":
      mount[key] = value;
      return;
    case "source":
    case "src":
      mount.source = value;
      return;
    case "target":
    case "dst":
    case "destination":
      mount.target = value;
      return;
    case "readonly":
    case "ro":
    case "readwrite":
    case "rw":
      booleanOf(key, value);
      return;
    case "required":
      needsType(mount, key, ["secret", "ssh"]);
      mount.required = booleanOf(key, value);
      return;
    default:
      setOther(mount, key, value, field);
  }
}

function setOther(mount: Fields, key: string, value: string, field: string): void {
  switch (key) {
    case "size":
      needsType(mount, key, ["tmpfs"]);
      if (!/^\d+(\.\d+)?\s*([kmgtp]i?)?b?$/i.test(value)) {
        throw new DockerfileError(`invalid value for ${key}: ${value}`);
      }
      return;
    case "sharing":
      if (!SHARING.includes(value.toLowerCase())) throw new DockerfileError(`unsupported sharing value "${value}"`);
      mount.sharing = value.toLowerCase();
      return;
    case "mode":
    case "uid":
    case "gid":
      if (!isUint32(value, key === "mode" ? 8 : 10)) throw new DockerfileError(`invalid value ${value} for ${key}`);
      mount.owner = ["mode", "uid", "gid"].filter((one) => one === key || mount.owner.includes(one));
      return;
    case "env":
      return;
    default:
      throw new DockerfileError(`unexpected key '${key}' in '${field}'`);
  }
}

function needsType({ type }: Fields, key: string, types: readonly string[]): void {
  if (!types.includes(type)) throw new DockerfileError(`unexpected key '${key}' for mount type '${type}'`);
}

function booleanOf(key: string, value: string): boolean {
  const parsed = Object.hasOwn(BOOLEANS, value) ? BOOLEANS[value] : undefined;
  if (parsed === undefined) throw new DockerfileError(`invalid value for ${key}: ${value}`);
  return parsed;
}

function isUint32(value: string, base: 8 | 10): boolean {
  return (base === 8 ? /^[0-7]+$/ : /^\d+$/).test(value) && Number.parseInt(value, base) < 2 ** 32;
}

function refuseCombinations({ type, from, source, target, id, sharing }: Fields): void {
  if (type !== "secret") return;
  if (from !== "") throw new DockerfileError("secret mount should not have a from");
  if (sharing !== "") throw new DockerfileError("secret mount should not define sharing");
  if (source === "" && target === "" && id === "") {
    throw new DockerfileError("invalid secret mount. one of source, target required");
  }
  if (source !== "" && id !== "") throw new DockerfileError("both source and id can't be set");
}
