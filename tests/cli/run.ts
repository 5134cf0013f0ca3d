/** The whole command line in this process: arguments in; streams and the exit code out. */
import { loadConfig } from "../../lib/adapters/config/load.ts";
import { runCli } from "../../lib/cli/main.ts";
import type { World } from "../../lib/cli/world.ts";
import type { Ports } from "../../lib/core/ports.ts";
import { openProject, UnituneProject } from "../../lib/mod.ts";
import { openFiles } from "../../lib/project/files.ts";
import { holdToSchema } from "./documents/held.ts";
import type { Some } from "../fakes/operation.ts";

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Surroundings {
  /** The account and the cluster: without any, whatever asks AWS fails the test. */
  readonly ports?: Some<Ports>;
  readonly env?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** What the person at the terminal answers, in order. Default: there is no terminal. */
  readonly answers?: readonly string[];
  /** This machine's public address. */
  readonly address?: string;
}

/** What the command prints with `--json` is held to its schema. */
export async function run(args: readonly string[], given: Surroundings = {}): Promise<Ended> {
  const isTerminal = () => given.answers !== undefined, answers = [...given.answers ?? []];
  const stdout = new Written(), stderr = new Written(isTerminal);
  const read = (buffer: Uint8Array) => {
    const answer = answers.shift();
    return Promise.resolve(answer === undefined ? null : new TextEncoder().encodeInto(`${answer}\n`, buffer).written);
  };
  const code = await runCli(args, {
    signal: given.signal ?? new AbortController().signal,
    listen: () => {},
    stdin: { isTerminal, read },
    stdout,
    stderr,
    columns: () => undefined,
    env: (name) => given.env?.[name],
    open: given.ports ? openerOf(given.ports) : openProject,
    address: () => Promise.resolve(given.address),
    program: ["/opt/unitune"],
  });
  const ended = { code, stdout: stdout.text, stderr: stderr.text };
  holdToSchema(args, ended);
  return ended;
}

/** As `openProject` does it, with ports of the test's own. */
function openerOf(ports: Some<Ports>): World["open"] {
  return async (options = {}) => {
    const { cwd = Deno.cwd(), env = {}, secretEnv = () => undefined } = options;
    const loaded = await loadConfig({ ...options, cwd, env });
    const places = { walls: { root: loaded.root, allowed: loaded.allowed }, env: secretEnv };
    const lock = { acquire: () => Promise.resolve(null) };
    const all = { close: () => Promise.resolve(), lock, ...ports } as Ports;
    const files = await openFiles(loaded.config, places, { remember: false, emit: () => {}, modules: loaded.modules });
    return new UnituneProject(loaded, files, options, () => Promise.resolve(all));
  };
}

class Written {
  text = "";
  readonly isTerminal: () => boolean;

  constructor(isTerminal = () => false) {
    this.isTerminal = isTerminal;
  }

  writeSync(bytes: Uint8Array): number {
    this.text += new TextDecoder().decode(bytes);
    return bytes.length;
  }
}
