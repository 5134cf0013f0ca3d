/** Mounts of RUN: secrets and SSH keys that are missing, and rights that builds do not have. */
import type { Checked } from "./checked.ts";
import { attempt } from "./errors.ts";
import type { Instruction } from "./instructions.ts";
import { type MountFlag, readMount } from "./mounts.ts";
import type { Stage } from "./stages.ts";
import { Variables } from "./variables.ts";

/** A mount whose variables are known. */
interface KnownMount {
  readonly mount: MountFlag;
  readonly flag: string;
  readonly instruction: Instruction;
}

const NO_VALUE = "\ufffd";
const UNKNOWN: MountFlag = { type: NO_VALUE, from: "", source: "", target: "", id: "", required: false };

export function checkMounts(checked: Checked): void {
  const { input: { image } } = checked, ids = Object.keys(image.secrets);
  const secrets = new Set<string>(), keys = new Set<string>();
  let complete = true;
  for (const stage of checked.run) {
    for (const { mount, flag, instruction } of mountsOf(checked, stage)) {
      const id = mount.type === "ssh" ? mount.id || DEFAULT_KEY : secretId(mount);
      if (isUnknown(mount.type) || ["secret", "ssh"].includes(mount.type) && isUnknown(id)) complete = false;
      else if (mount.type === "ssh") {
        if (!Object.hasOwn(image.ssh, id)) tellMissing(checked, mount, SSH_KEY, id, flag, instruction);
        keys.add(id);
      } else if (mount.type === "secret") {
        if (!ids.includes(id) && (mount.required || !secrets.has(id))) {
          tellMissing(checked, mount, SECRET, id, flag, instruction);
        }
        secrets.add(id);
      }
    }
    for (const instruction of stage.body) {
      checkRights(checked, instruction);
      if (instruction.kind === "add" && instruction.sources.some(isOverSsh)) keys.add(DEFAULT_KEY);
    }
  }
  if (complete) checkUnmounted(checked, secrets, keys);
}

/** The id of a mount that names none, and of ADD. */
const DEFAULT_KEY = "default";

function isOverSsh(source: string): boolean {
  return /^(?:git@|ssh:\/\/)/.test(source);
}

function checkUnmounted(
  { input: { image }, findings }: Checked,
  secrets: ReadonlySet<string>,
  keys: ReadonlySet<string>,
): void {
  for (const id of Object.keys(image.secrets).filter((id) => !secrets.has(id))) {
    findings.warning({ line: 1, endLine: 1 }, "", {
      message: `each secret must be mounted: no RUN --mount=type=secret has the id "${id}"`,
      hint: `add --mount=type=secret,id=${id} to the RUN that needs it, or remove it from secrets`,
    });
  }
  for (const id of Object.keys(image.ssh).filter((id) => !keys.has(id))) {
    findings.warning({ line: 1, endLine: 1 }, "", {
      message: `each SSH key must be mounted: no RUN --mount=type=ssh has the id "${id}"`,
      hint: `add --mount=type=ssh${
        id === DEFAULT_KEY ? "" : `,id=${id}`
      } to the RUN that needs it, or remove it from ssh`,
    });
  }
}

/** Reports mounts that BuildKit rejects when it runs the stage. */
export function mountsOf({ all, options, findings }: Checked, stage: Stage): KnownMount[] {
  const variables = Variables.at(stage, all, options), found: KnownMount[] = [];
  for (const instruction of stage.body) {
    variables.run(instruction, all);
    if (instruction.kind !== "run") continue;
    for (const { flag } of instruction.mounts) {
      let unknown = false;
      const read = attempt(() =>
        readMount(flag, (value) => {
          const known = variables.expand(value);
          unknown ||= known === null;
          return known ?? NO_VALUE;
        })
      );
      if ("value" in read) found.push({ mount: read.value, flag, instruction });
      else if (unknown) found.push({ mount: UNKNOWN, flag, instruction });
      else findings.error(instruction.statement, flag, { message: read.message });
    }
  }
  return found;
}

/** Whether a value depends on a variable that only the base image knows. */
export function isUnknown(value: string): boolean {
  return value.includes(NO_VALUE);
}

function secretId({ id, source, target }: MountFlag): string {
  return source || id || target.split("/").at(-1)!;
}

/** What a mount may lack: the field of an image that gives it, its name, and what a step gets without it. */
const SECRET = { field: "secrets", what: "secret", without: "the mount is empty" } as const;
const SSH_KEY = { field: "ssh", what: "SSH key", without: "the step has no agent" } as const;

function tellMissing(
  { input: { image }, findings }: Checked,
  { required }: MountFlag,
  { field, what, without }: typeof SECRET | typeof SSH_KEY,
  id: string,
  flag: string,
  { statement }: Instruction,
): void {
  const hint = `add ${field}: { ${nameOf(id)}: { env: "…" } } to ${image.name}`;
  if (required) findings.error(statement, flag, { message: `${what} "${id}" is required, but not configured`, hint });
  else findings.warning(statement, flag, { message: `${what} "${id}" is not configured: ${without}`, hint });
}

/** As a key of an object. */
function nameOf(id: string): string {
  return /^[a-z]\w*$/i.test(id) ? id : JSON.stringify(id);
}

/** BuildKit runs such a step only if its daemon and its client allow it, which unitune does not. */
function checkRights({ findings }: Checked, { kind, statement }: Instruction): void {
  if (kind !== "run") return;
  for (const flag of ["--network=host", "--security=insecure"]) {
    if (statement.flags.includes(flag)) findings.error(statement, flag, { message: `builds do not allow RUN ${flag}` });
  }
}
