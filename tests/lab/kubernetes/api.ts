/** The API server as the lab's own programs speak to it: the admin's token over the lab's authority. */
import { apiServer, pki, run as paths } from "../layout.ts";

export interface KubernetesObject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly deletionTimestamp?: string;
    readonly creationTimestamp?: string;
  };
}

export class ApiError extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export interface Api {
  /** Answers undefined for what is not there, fails for anything else that is no success. */
  get<T>(path: string): Promise<T | undefined>;
  send<T>(method: "POST" | "PUT" | "PATCH" | "DELETE", path: string, body?: unknown, type?: PatchType): Promise<T>;
  close(): void;
}
export type PatchType = "json" | "merge" | "strategic" | "apply";
const types: Record<PatchType, string> = {
  json: "application/json",
  merge: "application/merge-patch+json",
  strategic: "application/strategic-merge-patch+json",
  apply: "application/apply-patch+yaml",
};

export async function connect(): Promise<Api> {
  const [token, ca] = await Promise.all([Deno.readTextFile(paths.adminToken), Deno.readTextFile(pki.ca.cert)]);
  const client = Deno.createHttpClient({ caCerts: [ca] });
  const call = async (method: string, path: string, body?: unknown, type: PatchType = "json") => {
    const response = await fetch(`${apiServer}${path}`, {
      method,
      client,
      headers: { authorization: `Bearer ${token.trim()}`, "content-type": types[type] },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(30_000),
    });
    return { status: response.status, text: await response.text() };
  };
  return {
    async get<T>(path: string): Promise<T | undefined> {
      const { status, text } = await call("GET", path);
      if (status === 404) return undefined;
      if (status >= 300) throw new ApiError(status, `GET ${path} answered ${status}: ${text.slice(0, 300)}`);
      return JSON.parse(text) as T;
    },
    async send<T>(method: string, path: string, body?: unknown, type?: PatchType): Promise<T> {
      const { status, text } = await call(method, path, body, type);
      if (status >= 300) throw new ApiError(status, `${method} ${path} answered ${status}: ${text.slice(0, 300)}`);
      return JSON.parse(text) as T;
    },
    close: () => client.close(),
  };
}

/** Text of a kubeconfig for one user of the lab's cluster. */
export function kubeconfig(server: string, ca: string, user: Readonly<Record<string, string>>): string {
  return JSON.stringify(
    {
      apiVersion: "v1",
      kind: "Config",
      clusters: [{ name: "lab", cluster: { server, ...(ca ? { "certificate-authority": ca } : {}) } }],
      users: [{ name: "lab", user }],
      contexts: [{ name: "lab", context: { cluster: "lab", user: "lab" } }],
      "current-context": "lab",
    },
    null,
    2,
  );
}
