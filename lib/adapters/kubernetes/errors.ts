/** Turns the API server's errors, and its silence, into ours. */
import { entryOf } from "../../core/tables.ts";
import { type ErrorCode, messageOf, UnituneError } from "../../core/errors.ts";

type KubeCode = Extract<ErrorCode, `KUBE_${string}`>;

/** An answer that is not a success: the API's own Status, and its meaning. */
export class KubeError extends UnituneError {
  constructor(readonly status: number, code: KubeCode, message: string, path: string, hint?: string) {
    super(code, message, { path, hint });
  }
}

/** Reason of a Status → our code. */
const BY_REASON: Readonly<Record<string, KubeCode>> = {
  Unauthorized: "KUBE_UNAUTHORIZED",
  Forbidden: "KUBE_FORBIDDEN",
  NotFound: "KUBE_NOT_FOUND",
  AlreadyExists: "KUBE_ALREADY_EXISTS",
  Conflict: "KUBE_CONFLICT",
  Expired: "KUBE_EXPIRED",
  Gone: "KUBE_EXPIRED",
  Invalid: "KUBE_INVALID",
};
/** For answers without a reason: from a proxy, or an older server. */
const BY_STATUS: Readonly<Record<number, KubeCode>> = {
  401: "KUBE_UNAUTHORIZED",
  403: "KUBE_FORBIDDEN",
  404: "KUBE_NOT_FOUND",
  409: "KUBE_CONFLICT",
  410: "KUBE_EXPIRED",
  422: "KUBE_INVALID",
};
const HINTS: Readonly<Partial<Record<KubeCode, string>>> = {
  KUBE_UNAUTHORIZED: "The cluster does not know the caller: run `unitune apply`, which creates the access entry",
  KUBE_FORBIDDEN: "The caller's access entry does not allow this",
};
const ACTIONS: Readonly<Record<string, string>> = {
  GET: "read",
  POST: "create",
  PATCH: "apply",
  DELETE: "remove",
};

export async function errorOf(response: Response, method: string, path: string): Promise<KubeError> {
  const text = await response.text();
  return statusError(response.status, parsed(text), text, method, path);
}

interface Status {
  readonly reason?: string;
  readonly message?: string;
}

export function statusError(code: number, status: Status, text: string, method: string, path: string): KubeError {
  const name = entryOf(BY_REASON, status.reason ?? "") ?? BY_STATUS[code] ?? "KUBE_CALL";
  const message = status.message ?? text.slice(0, 500).trim();
  return new KubeError(code, name, `Cannot ${ACTIONS[method]} ${path}: ${code} ${message}`, path, HINTS[name]);
}

function parsed(text: string): Status {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {};
  }
}

/** Whether the same request may succeed a moment later. */
export function isBusy(error: KubeError, method: string | undefined): boolean {
  // A forced apply conflicts only with a write between the server's own read and write.
  if (error.code === "KUBE_CONFLICT") return method === "PATCH";
  return error.status === 429 || error.status >= 500;
}

/** Whether the connection or the server's state caused the error, and not the request. */
export function isPassing(error: unknown): boolean {
  if (error instanceof KubeError) return error.status === 429 || error.status >= 500;
  return !(error instanceof UnituneError) || error.code === "KUBE_UNREACHABLE";
}

export function unreachable(endpoint: string, cause: unknown): UnituneError {
  // fetch says only that it failed; its cause says why, a certificate for example.
  const inner = cause instanceof Error && cause.cause instanceof Error ? `: ${cause.cause.message}` : "";
  return new UnituneError("KUBE_UNREACHABLE", `Cannot reach the API server ${endpoint}: ${messageOf(cause)}${inner}`, {
    path: endpoint,
    hint:
      "A private endpoint answers only in its network, a public one only to the ranges of cluster.endpoint.publicFrom",
    cause,
  });
}
