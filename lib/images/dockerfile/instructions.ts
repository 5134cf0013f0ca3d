/** Statements as instructions, checked as BuildKit's `frontend/dockerfile/instructions` does. */
import { INSTRUCTIONS } from "./arguments.ts";
import { DockerfileError } from "./errors.ts";
import { csvFields, type FlagKinds, type Flags, readFlags } from "./flags.ts";
import { heredocOf } from "./heredocs.ts";
import { mountSource } from "./mounts.ts";
import type { Statement } from "./parser.ts";

/** What the checks look at; instructions of other kinds have no more than their statement. */
export type Instruction =
  & { readonly statement: Statement }
  & (
    | { readonly kind: "from"; readonly base: string; readonly stage: string; readonly platform: string }
    | { readonly kind: "arg" | "env"; readonly pairs: readonly Pair[] }
    | Copy
    | { readonly kind: "run"; readonly mounts: readonly { readonly flag: string; readonly from: string }[] }
    | { readonly kind: "onbuild" | "other" }
  );

/** `value` is `null` for an ARG without a default. */
export interface Pair {
  readonly name: string;
  readonly value: string | null;
}

/** COPY or ADD. */
interface Copy {
  readonly kind: "copy" | "add";
  /** `--from`; empty: the build context. */
  readonly from: string;
  readonly parents: boolean;
  /** Paths, and for ADD also URLs; without heredocs. */
  readonly sources: readonly string[];
}

const COPY: FlagKinds = {
  chown: "value",
  from: "value",
  chmod: "value",
  link: "flag",
  exclude: "values",
  parents: "flag",
};
const ADD: FlagKinds = {
  chown: "value",
  chmod: "value",
  link: "flag",
  "keep-git-dir": "flag",
  checksum: "value",
  unpack: "flag",
  exclude: "values",
};
const RUN: FlagKinds = { mount: "values", network: "value", security: "value", device: "values" };
const HEALTHCHECK: FlagKinds = {
  interval: "value",
  timeout: "value",
  "start-period": "value",
  "start-interval": "value",
  retries: "value",
};

/** Throws a `DockerfileError`. */
export function instructionOf(statement: Statement): Instruction {
  const name = statement.name.toUpperCase();
  if (!INSTRUCTIONS.includes(name)) throw new DockerfileError(`unknown instruction: ${statement.name}`);
  switch (name) {
    case "FROM":
      return fromOf(statement);
    case "ARG":
      return { statement, kind: "arg", pairs: argsOf(statement) };
    case "ENV":
      return { statement, kind: "env", pairs: pairsOf(statement, name) };
    case "COPY":
    case "ADD":
      return copyOf(statement, name);
    case "RUN":
      return runOf(statement);
    case "ONBUILD":
      refuseTrigger(statement);
      return { statement, kind: "onbuild" };
    default:
      checkOther(statement, name);
      return { statement, kind: "other" };
  }
}

function fromOf(statement: Statement): Instruction {
  const [base = "", as, name = ""] = statement.args, { length } = statement.args;
  const named = length === 3 && as?.toLowerCase() === "as", stage = named ? name.toLowerCase() : "";
  if (named && !/^[a-z][a-z0-9\-_.]*$/.test(stage)) {
    throw new DockerfileError(
      `invalid name for build stage: ${JSON.stringify(name)}, name can't start with a number or contain symbols`,
    );
  }
  if (!named && length !== 1) throw new DockerfileError("FROM requires either one or three arguments");
  const flags = readFlags(statement.flags, { platform: "value" });
  return { statement, kind: "from", base, stage, platform: flags.get("platform")?.[0] ?? "" };
}

function argsOf({ args }: Statement): Pair[] {
  refuseNone("ARG", args);
  return args.map((arg): Pair => {
    const equals = arg.indexOf("=");
    if (equals === 0) throw new DockerfileError("ARG names can not be blank");
    return equals < 0 ? { name: arg, value: null } : { name: arg.slice(0, equals), value: arg.slice(equals + 1) };
  });
}

function pairsOf({ args, flags }: Statement, instruction: string): Pair[] {
  readFlags(flags, {});
  refuseNone(instruction, args);
  const pairs: Pair[] = [];
  for (let at = 0; at < args.length; at += 3) {
    if (args[at] === "") throw new DockerfileError(`${instruction} names can not be blank`);
    pairs.push({ name: args[at]!, value: args[at + 1]! });
  }
  return pairs;
}

function copyOf(statement: Statement, name: "COPY" | "ADD"): Instruction {
  const { args } = statement;
  if (args.length < 2) {
    throw new DockerfileError(
      `${name} requires at least two arguments, but only one was provided. Destination could not be determined`,
    );
  }
  const flags = readFlags(statement.flags, name === "COPY" ? COPY : ADD);
  if (isHeredoc(args.at(-1)!)) throw new DockerfileError(`${name} cannot accept a heredoc as a destination`);
  return {
    statement,
    kind: name === "COPY" ? "copy" : "add",
    from: flags.get("from")?.[0] ?? "",
    parents: flags.get("parents")?.[0] === "true",
    sources: args.slice(0, -1).filter((source) => !isHeredoc(source)),
  };
}

function isHeredoc(word: string): boolean {
  try {
    return heredocOf(word) !== null;
  } catch (error) {
    if (error instanceof DockerfileError) return false;
    throw error;
  }
}

function runOf(statement: Statement): Instruction {
  const flags = readFlags(statement.flags, RUN);
  const mounts = (flags.get("mount") ?? []).map((flag) => ({ flag, from: mountSource(flag) }));
  refuseValue(flags, "network", ["default", "none", "host"], (value) => `invalid network mode "${value}"`);
  refuseValue(flags, "security", ["insecure", "sandbox"], (value) => `security "${value}" is not valid`);
  flags.get("device")?.forEach((device) => csvFields(device, "devices"));
  return { statement, kind: "run", mounts };
}

function refuseValue(flags: Flags, name: string, known: readonly string[], message: (value: string) => string): void {
  const value = flags.get(name)?.[0];
  if (value !== undefined && !known.includes(value)) throw new DockerfileError(message(value));
}

function refuseTrigger({ args, flags }: Statement): void {
  refuseNone("ONBUILD", args);
  readFlags(flags, {});
  const trigger = args[0]!.trim().toUpperCase();
  if (trigger === "ONBUILD") throw new DockerfileError("Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed");
  if (trigger === "MAINTAINER" || trigger === "FROM") {
    throw new DockerfileError(`${trigger} isn't allowed as an ONBUILD trigger`);
  }
}

function checkOther(statement: Statement, name: string): void {
  const { args, flags, json } = statement;
  switch (name) {
    case "MAINTAINER":
    case "WORKDIR":
    case "USER":
      refuseAllButOne(name, args);
      readFlags(flags, {});
      return;
    case "STOPSIGNAL":
      refuseAllButOne(name, args);
      return;
    case "LABEL":
      pairsOf(statement, name);
      return;
    case "EXPOSE":
    case "VOLUME":
      refuseNone(name, args);
      readFlags(flags, {});
      if (name === "VOLUME" && args.some((path) => path.trim() === "")) {
        throw new DockerfileError("VOLUME specified can not be an empty string");
      }
      return;
    case "SHELL":
      readFlags(flags, {});
      refuseNone(name, args);
      if (!json) throw new DockerfileError("SHELL requires the arguments to be in JSON form");
      return;
    case "HEALTHCHECK":
      checkHealth(statement);
      return;
    default:
      readFlags(flags, {});
  }
}

function checkHealth({ args, flags }: Statement): void {
  refuseNone("HEALTHCHECK", args);
  const [type = "", ...command] = args, kind = type.toUpperCase();
  if (kind === "NONE") {
    if (command.length > 0) throw new DockerfileError("HEALTHCHECK NONE takes no arguments");
    return;
  }
  const read = readFlags(flags, HEALTHCHECK);
  if (kind !== "CMD") throw new DockerfileError(`Unknown type ${JSON.stringify(kind)} in HEALTHCHECK (try CMD)`);
  if (command.length === 0) throw new DockerfileError("Missing command after HEALTHCHECK CMD");
  for (const name of ["interval", "timeout", "start-period", "start-interval"]) {
    const value = read.get(name)?.[0] ?? "";
    if (value !== "" && !/^[+-]?(0|((\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h))+)$/.test(value)) {
      throw new DockerfileError(`time: invalid duration ${JSON.stringify(value)}`);
    }
  }
  const retries = read.get("retries")?.[0] ?? "";
  if (retries !== "" && !/^\+?\d{1,9}$/.test(retries)) {
    throw new DockerfileError(`strconv.ParseInt: parsing ${JSON.stringify(retries)}: invalid syntax`);
  }
}

function refuseNone(name: string, args: readonly string[]): void {
  if (args.length === 0) throw new DockerfileError(`${name} requires at least one argument`);
}

function refuseAllButOne(name: string, args: readonly string[]): void {
  if (args.length !== 1) throw new DockerfileError(`${name} requires exactly one argument`);
}
