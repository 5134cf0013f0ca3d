/** S3, STS, ECR and Pod Identity on loopback, as much of them as the fetching script asks; every signature is checked. */
import { SignatureV4 } from "@smithy/signature-v4";
import { HttpRequest } from "@smithy/protocol-http";
import { createHash, createHmac } from "node:crypto";

export interface FakeAws {
  readonly url: string;
  /** `GET /bucket/key`, `sts:AssumeRole`, `ecr:GetAuthorizationToken`, in order. */
  readonly asked: string[];
  /** Answers given first: a status for each request that starts with the key. */
  readonly faults: Map<string, number[]>;
  /** The inline policy of the last AssumeRole. */
  policy(): { Statement: { Action: string | string[]; Resource: string | string[] }[] };
  close(): Promise<void>;
}

const POD = { accessKeyId: "POD", secretAccessKey: "pod/secret+1", sessionToken: "pod-token" };
const PUSH = { accessKeyId: "PUSH", secretAccessKey: "push-secret", sessionToken: "push-token" };
export const SECRETS = [POD.secretAccessKey, POD.sessionToken, PUSH.secretAccessKey, PUSH.sessionToken, "ecr-password"];

/** What SignatureV4 of the SDK hashes with. */
class Sha256 {
  readonly #hash;
  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = secret === undefined ? createHash("sha256") : createHmac("sha256", secret as string);
  }
  update(data: string | Uint8Array): void {
    this.#hash.update(data);
  }
  digest(): Promise<Uint8Array> {
    return Promise.resolve(new Uint8Array(this.#hash.digest()));
  }
}

/** Does the SDK's own signer come to the same signature? */
async function isSigned(request: Request, body: string): Promise<boolean> {
  const authorization = request.headers.get("authorization") ?? "";
  const [, id, region, service, names] =
    /Credential=([^/]+)\/\d+\/([^/]+)\/([^/]+)\/aws4_request, SignedHeaders=([^,]+), /.exec(authorization) ?? [];
  const credentials = [POD, PUSH].find(({ accessKeyId }) => accessKeyId === id);
  if (!credentials || !names) return false;
  const { sessionToken, ...keys } = credentials;
  const url = new URL(request.url);
  const headers = Object.fromEntries(names.split(";").map((name) => [name, request.headers.get(name) ?? ""]));
  if (headers["x-amz-security-token"] !== sessionToken) return false;
  const time = headers["x-amz-date"]!.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z");
  const signer = new SignatureV4({
    service: service!,
    region: region!,
    credentials: keys,
    sha256: Sha256,
    uriEscapePath: service !== "s3",
  });
  const plain = new HttpRequest({ method: request.method, hostname: url.hostname, path: url.pathname, headers, body });
  const signed = await signer.sign(plain, { signingDate: new Date(time) });
  return signed.headers["authorization"] === authorization;
}

/** Builds log in to ECR with the push role, `PUSH`; other pods with their own, `POD`. */
export function fakeAws(
  objects: ReadonlyMap<string, { readonly body: Uint8Array }>,
  logsIn: "PUSH" | "POD" = "PUSH",
): FakeAws {
  const asked: string[] = [];
  const faults = new Map<string, number[]>();
  let policy = "";
  const answer = async (request: Request): Promise<Response> => {
    const { pathname } = new URL(request.url);
    const body = await request.text();
    if (pathname === "/v1/credentials") {
      if (request.headers.get("authorization") !== "pod-jwt") return new Response("no", { status: 401 });
      return Response.json({
        AccessKeyId: POD.accessKeyId,
        SecretAccessKey: POD.secretAccessKey,
        Token: POD.sessionToken,
      });
    }
    const form = new URLSearchParams(body);
    const target = request.headers.get("x-amz-target")?.split(".")[1];
    const what = request.method === "GET" ? `GET ${pathname}` : target ? `ecr:${target}` : `sts:${form.get("Action")}`;
    asked.push(what);
    const fault = [...faults].find(([start]) => what.startsWith(start))?.[1].shift();
    if (fault) return new Response(`<Code>Injected</Code>\n<Token>x</Token>`, { status: fault });
    if (!(await isSigned(request, body))) return new Response("SignatureDoesNotMatch", { status: 403 });
    if (target) {
      if (!request.headers.get("authorization")!.includes(`Credential=${logsIn}/`)) {
        return new Response("AccessDenied", { status: 400 });
      }
      return Response.json({ authorizationData: [{ authorizationToken: btoa("AWS:ecr-password") }] });
    }
    if (request.method === "GET") {
      const found = objects.get(pathname.split("/").slice(2).join("/"));
      return found ? new Response(new Uint8Array(found.body)) : new Response("NoSuchKey", { status: 404 });
    }
    policy = form.get("Policy") ?? "";
    const { accessKeyId, secretAccessKey, sessionToken } = PUSH;
    return new Response(
      `<AssumeRoleResponse><Credentials><AccessKeyId>${accessKeyId}</AccessKeyId><SecretAccessKey>${secretAccessKey}` +
        `</SecretAccessKey><SessionToken>${sessionToken}</SessionToken></Credentials></AssumeRoleResponse>`,
    );
  };
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, answer);
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    asked,
    faults,
    policy: () => JSON.parse(policy),
    close: () => server.shutdown(),
  };
}
