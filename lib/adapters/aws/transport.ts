/** Sends the SDK's requests by `fetch`, because node:http of older Deno versions breaks keep-alive and `Expect`. */
import { FetchHttpHandler } from "@smithy/fetch-http-handler";

/** Name of the error when there was no answer. */
export const NO_ANSWER = "NoAnswer";

/** Uploading a large part over a slow connection takes time. */
const UPLOAD_MS = 10 * 60_000;
const CALL_MS = 60_000;

export function transport(purpose: "calls" | "uploads"): FetchHttpHandler {
  return new FetchHttpHandler({
    requestTimeout: purpose === "uploads" ? UPLOAD_MS : CALL_MS,
    customFetch: answered,
  });
}

/** Returns the whole answer, or throws a network error that the SDK knows: it would not retry Deno's own errors. */
async function answered(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  try {
    const { status, statusText, headers, body } = await fetch(input, init).then(whole);
    return new Response(body.byteLength > 0 ? body : null, { status, statusText, headers });
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    throw Object.assign(new Error(cause.message, { cause }), { name: NO_ANSWER, code: "ECONNRESET" });
  }
}

async function whole(response: Response) {
  const { status, statusText, headers } = response;
  return { status, statusText, headers, body: await response.arrayBuffer() };
}
