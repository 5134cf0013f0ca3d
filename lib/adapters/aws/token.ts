/** A bearer token for an EKS API server: a presigned GetCallerIdentity that names the cluster in a signed header. */
import { createHash, createHmac } from "node:crypto";
import { HttpRequest } from "@smithy/protocol-http";
import { SignatureV4 } from "@smithy/signature-v4";
import { dnsSuffix } from "../../core/names.ts";
import type { Clients } from "./clients.ts";
import { calling } from "./errors.ts";

/** EKS accepts a token for 15 minutes at most. It is renewed a minute earlier. */
const VALID_SECONDS = 14 * 60;

/** Always signed for the regional STS host, whatever AWS_ENDPOINT_URL says: EKS accepts no other. */
export async function clusterToken(cluster: string, clients: Pick<Clients, "region" | "credentials" | "now">) {
  const { region, credentials } = clients;
  const signer = new SignatureV4({ service: "sts", region, credentials, sha256: Sha256 });
  const host = `sts.${region}.${dnsSuffix(region)}`;
  const request = new HttpRequest({
    method: "GET",
    protocol: "https:",
    hostname: host,
    path: "/",
    query: { Action: "GetCallerIdentity", Version: "2011-06-15" },
    headers: { host, "x-k8s-aws-id": cluster },
  });
  const options = { expiresIn: 60, unhoistableHeaders: new Set(["x-k8s-aws-id"]) };
  // Signing makes no request, but the credentials may have to be looked for.
  const signed = await calling("sts:GetCallerIdentity", "the caller", () => signer.presign(request, options));
  const query = Object.entries(signed.query ?? {}).map(([key, value]) => {
    return `${encodeURIComponent(key)}=${encodeURIComponent(String(value))}`;
  });
  const url = `https://${host}/?${query.join("&")}`;
  const token = `k8s-aws-v1.${btoa(url).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "")}`;
  return { token, expiresAt: Date.now() + VALID_SECONDS * 1000 };
}

type SourceData = string | ArrayBuffer | ArrayBufferView;

/** SHA-256 with the interface that the signer needs. */
class Sha256 {
  readonly #hash: ReturnType<typeof createHash> | ReturnType<typeof createHmac>;

  constructor(secret?: SourceData) {
    this.#hash = secret === undefined ? createHash("sha256") : createHmac("sha256", bytesOf(secret));
  }

  update(data: SourceData): void {
    this.#hash.update(bytesOf(data));
  }

  digest(): Promise<Uint8Array> {
    return Promise.resolve(new Uint8Array(this.#hash.digest()));
  }

  reset(): void {
    throw new Error("Cannot reuse a hash: the signer creates one for each part");
  }
}

function bytesOf(data: SourceData): Uint8Array {
  if (typeof data === "string") return new TextEncoder().encode(data);
  return data instanceof ArrayBuffer
    ? new Uint8Array(data)
    : new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
