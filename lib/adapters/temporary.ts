/** Temporary folders of this process. Those of processes that were killed are deleted by the next one. */

const PREFIX = "unitune-";
/** `unitune-assembly-4026531836-1234-`: the kind, the name space of process ids, and the process. */
const NAME = /^unitune-[a-z]+-(\d+)-(\d+)-/;

let swept = false;

/** Creates a folder, which its user deletes. */
export function temporaryFolder(kind: "assembly" | "cdk" | "destroy"): string {
  const space = processSpace();
  const folder = Deno.makeTempDirSync({ prefix: `${PREFIX}${kind}-${space}-${Deno.pid}-` });
  if (!swept) sweep(folder.slice(0, folder.lastIndexOf(PREFIX)), space);
  swept = true;
  return folder;
}

/** Only Linux says which processes live: elsewhere, the system clears its folder for temporary files. */
function sweep(parent: string, space: string): void {
  if (space === "0") return;
  try {
    for (const { name } of Deno.readDirSync(parent)) {
      const [, itsSpace, pid] = NAME.exec(name) ?? [];
      if (itsSpace === space && pid && !isAlive(pid)) deleteFolder(`${parent}${name}`);
    }
  } catch {
    // Not to see what others left is no reason to end.
  }
}

/** A folder of another user stays. */
function deleteFolder(folder: string): void {
  try {
    if (Deno.lstatSync(folder).isDirectory) Deno.removeSync(folder, { recursive: true });
  } catch {
    // Another run may sweep at the same moment.
  }
}

function isAlive(pid: string): boolean {
  try {
    Deno.statSync(`/proc/${pid}`);
    return true;
  } catch (error) {
    return !(error instanceof Deno.errors.NotFound);
  }
}

/** Containers that share a folder for temporary files count their processes apart. */
function processSpace(): string {
  try {
    return /\d+/.exec(Deno.readLinkSync("/proc/self/ns/pid"))?.[0] ?? "0";
  } catch {
    return "0";
  }
}
