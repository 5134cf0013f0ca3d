/** Requests as no SDK sends them: signed in name only, with whatever is asked and however it is spelt. */

export interface Raw {
  readonly service: string;
  readonly region?: string;
  /** Parameters of a query service; `Action` and `Version` among them. */
  readonly form?: Readonly<Record<string, string>>;
  /** Operation of a JSON service, as `x-amz-target` names it. */
  readonly target?: string;
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON, unless it is text. */
  readonly body?: unknown;
}

export interface Reply {
  readonly status: number;
  /** Code of the error; empty for a success. */
  readonly code: string;
  readonly text: string;
}

export async function ask(endpoint: string, raw: Raw): Promise<Reply> {
  const { service, region = "us-west-2", form, target, path = "/", body } = raw;
  const scope = `test/20260101/${region}/${service}/aws4_request`;
  const headers: Record<string, string> = {
    authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0`,
    ...(form && { "content-type": "application/x-www-form-urlencoded" }),
    ...(target && { "x-amz-target": target, "content-type": "application/x-amz-json-1.1" }),
    ...raw.headers,
  };
  const text = form ? new URLSearchParams(form).toString() : typeof body === "string" ? body : JSON.stringify(body);
  const method = raw.method ?? (text === undefined ? "GET" : "POST");
  const response = await fetch(endpoint + path, { method, headers, ...(text === undefined ? {} : { body: text }) });
  const answer = await response.text();
  return { status: response.status, code: response.ok ? "" : codeOf(response, answer), text: answer };
}

/** Asks a `/_lab/` endpoint of an emulator: `pod-identity/credentials`. */
// deno-lint-ignore no-explicit-any
export async function askLab(endpoint: string, method: string, path: string, body?: unknown): Promise<any> {
  const sent = body === undefined ? {} : { body: JSON.stringify(body) };
  const response = await fetch(`${endpoint}/_lab/${path}`, { method, ...sent });
  const answer = await response.text();
  if (!response.ok) throw new Error(`${method} _lab/${path}: ${response.status} ${answer}`);
  return answer === "" ? null : JSON.parse(answer);
}

function codeOf(response: Response, answer: string): string {
  const named = response.headers.get("x-amzn-errortype") ?? /"__type"\s*:\s*"([^"]+)"/.exec(answer)?.[1];
  return named?.split(":")[0]?.split("#").at(-1) ?? /<Code>([^<]+)<\/Code>/.exec(answer)?.[1] ?? "";
}
