/** What a hostile config is made of, and what it may see of the machine that it wants to reach. */

export interface Around {
  /** Real path of the project's folder. */
  readonly root: string;
  /** A file beside the project, which holds the canary. */
  readonly file: string;
  /** An environment variable that holds it, too. */
  readonly variable: string;
  /** A port of this machine where somebody listens. */
  readonly port: number;
}

export interface Hostile {
  readonly kind: string;
  readonly name: string;
  readonly config: string | Uint8Array<ArrayBuffer> | ((around: Around) => string);
  /** Additional files of the project. */
  readonly files?: Readonly<Record<string, string>>;
  /** Links and pipes. */
  readonly prepare?: (around: Around) => Promise<void>;
  /** What the answer says; `null` for a config that is taken, because it reached nothing. */
  readonly says: RegExp | null;
  /** Uses up the whole time limit: the program is given few of these. */
  readonly isEndless?: true;
}

export const HEAD = 'import { defineConfig, image, cpuPool, gpuPool } from "unitune/config";\n';
const NAMED = 'name: "acme-ml", region: "us-west-2"';
export const BODY = `${NAMED}, cluster: { endpoint: "private" }`;
export const EXPORT = `\nexport default defineConfig({ ${BODY} });\n`;

/** A whole config around a statement. */
export function withCode(code: string): string {
  return `${HEAD}${code}${EXPORT}`;
}

/** A whole config with additional fields. */
export function withFields(fields: string): string {
  return `${HEAD}export default defineConfig({ ${BODY}, ${fields} });\n`;
}

/** A whole config with additional fields of its cluster. */
export function withCluster(fields: string): string {
  return `${HEAD}export default defineConfig({ ${NAMED}, cluster: { endpoint: "private", ${fields} } });\n`;
}

export function mkfifo(path: string): Promise<unknown> {
  return new Deno.Command("mkfifo", { args: [path] }).output();
}
