/** The credentials endpoint of Pod Identity's agent: a ServiceAccount's token for keys of its associated role. */
import { credentials } from "../layout.ts";
import { ask } from "./emulators.ts";
import { log } from "./log.ts";
import { associationOf, audience } from "./pod_identity.ts";

export interface ReviewedToken {
  readonly authenticated?: boolean;
  readonly error?: string;
  readonly user?: { readonly username: string; readonly extra?: Readonly<Record<string, readonly string[]>> };
}

/** Asks the API server who a token is, for one audience. */
export type ReviewToken = (token: string, audience: string) => Promise<ReviewedToken>;

type Credentials = Readonly<Record<string, string>>;
const USER = /^system:serviceaccount:([^:]+):([^:]+)$/;

/** Serves `GET /v1/credentials`. */
export function credentialsHandler(review: ReviewToken, folder?: string): (request: Request) => Promise<Response> {
  return async (request) => {
    if (new URL(request.url).pathname !== credentials.path) {
      return failure(404, "ResourceNotFoundException", "no such path");
    }
    const token = request.headers.get("authorization") ?? "";
    if (token === "") return failure(400, "InvalidParameterException", "Service account token cannot be empty");
    const status = await review(token, audience);
    const user = USER.exec(status.user?.username ?? "");
    if (!status.authenticated || !user) {
      return failure(400, "InvalidTokenException", status.error ?? "the token is no ServiceAccount's");
    }
    const [, namespace = "", serviceAccount = ""] = user;
    const extra = (name: string) => status.user?.extra?.[`authentication.kubernetes.io/${name}`]?.[0] ?? "";
    const found = await associationOf(namespace, serviceAccount, folder);
    if (!found) return failure(404, "ResourceNotFoundException", `no association for ${namespace}/${serviceAccount}`);
    const question = { namespace, serviceAccount, pod: extra("pod-name"), podUid: extra("pod-uid") };
    const answer = await ask<Credentials>(found.emulator, "pod-identity/credentials", question);
    if (!answer || answer.error) return failure(400, "AccessDeniedException", answer?.error ?? "no emulator answers");
    log("credentials", `${namespace}/${serviceAccount} ${question.pod} gets ${found.association.roleArn}`);
    return Response.json(answer);
  };
}

function failure(status: number, code: string, message: string): Response {
  log("credentials", `refused: ${code} ${message}`);
  return new Response(`(${code}): ${message}`, { status });
}

/** Reviews tokens at the API server with the admin's token; both files are read anew, as a fresh lab makes new ones. */
export function apiServerReview(server: string, caFile: string, adminTokenFile: string): ReviewToken {
  return async (token, forAudience) => {
    const [ca, admin] = await Promise.all([Deno.readTextFile(caFile), Deno.readTextFile(adminTokenFile)]);
    const client = Deno.createHttpClient({ caCerts: [ca] });
    try {
      const response = await fetch(`${server}/apis/authentication.k8s.io/v1/tokenreviews`, {
        method: "POST",
        client,
        headers: { authorization: `Bearer ${admin.trim()}`, "content-type": "application/json" },
        body: JSON.stringify({
          apiVersion: "authentication.k8s.io/v1",
          kind: "TokenReview",
          spec: { token, audiences: [forAudience] },
        }),
        signal: AbortSignal.timeout(10_000),
      });
      const body = await response.json() as { status?: ReviewedToken; message?: string };
      if (!response.ok) return { authenticated: false, error: body.message ?? `API server: ${response.status}` };
      return body.status ?? {};
    } finally {
      client.close();
    }
  };
}
