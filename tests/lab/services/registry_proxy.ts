/**
 * The registries of the lab in front of the one store: ECR's rules under ECR's names, public names for reading, and
 * a mirror for the nodes' containerd. Blobs stream through; only manifests are held, as their digest must be known.
 */
import { createHash } from "node:crypto";
import { ask, type Decision, type Emulator, registered } from "./emulators.ts";
import { log } from "./log.ts";
import {
  ecrActions,
  outward,
  passwordOf,
  type Registry,
  registryOf,
  storeUrl,
  type Target,
  targetOf,
} from "./registry_names.ts";

export interface RegistryOptions {
  /** The plain registry that holds everything. */
  readonly store: string;
  readonly publicNames: readonly string[];
  /** Folder of the emulators' registrations, for tests. */
  readonly emulators?: string;
}

type Ecr = Extract<Registry, { kind: "ecr" }>;
const MANIFEST_BYTES = 4 * 1024 * 1024;
const HOP = ["connection", "keep-alive", "transfer-encoding", "upgrade", "host", "authorization", "te", "trailer"];

/** Serves the TLS listener: the registry is the one that the request's host names. */
export function registryHandler(options: RegistryOptions): (request: Request) => Promise<Response> {
  return async (request) => {
    const url = new URL(request.url);
    const registry = registryOf(url.host, options.publicNames);
    if (!registry) return refusal(404, "UNSUPPORTED", `The lab has no registry ${url.host}`);
    const response = registry.kind === "ecr"
      ? await ecrRequest(options, registry, request, url)
      : await publicRequest(options, registry.prefix, request, url);
    log("registry", `${request.method} ${url.host}${url.pathname} ${response.status}`);
    return response;
  };
}

/** Serves containerd's mirror: the registry is `?ns=`; nodes pull without a token. */
export function mirrorHandler(options: RegistryOptions): (request: Request) => Promise<Response> {
  return async (request) => {
    const url = new URL(request.url);
    const namespace = url.searchParams.get("ns");
    if (url.pathname === "/v2/" && !namespace) return apiVersion();
    const registry = registryOf(namespace ?? "", options.publicNames);
    if (!registry) return refusal(404, "NAME_UNKNOWN", `The lab has no registry ${namespace}`);
    const response = await publicRequest(options, registry.prefix, request, url);
    log("mirror", `${request.method} ${namespace}${url.pathname} ${response.status}`);
    return response;
  };
}

async function publicRequest(options: RegistryOptions, prefix: string, request: Request, url: URL): Promise<Response> {
  if (request.method !== "GET" && request.method !== "HEAD") {
    return refusal(401, "UNAUTHORIZED", `${prefix} is read only`);
  }
  if (url.pathname === "/v2/") return apiVersion();
  return await forward(options, prefix, request, url, targetOf(url.pathname));
}

async function ecrRequest(options: RegistryOptions, registry: Ecr, request: Request, url: URL): Promise<Response> {
  const emulator = (await registered(options.emulators)).find((each) => each.account === registry.account);
  if (!emulator) return refusal(503, "UNAVAILABLE", `No emulator of account ${registry.account} runs`);
  const password = passwordOf(request.headers.get("authorization"));
  if (password === undefined) return challenge(registry, "no basic auth credentials");
  const target = targetOf(url.pathname);
  const base = url.pathname === "/v2/";
  const actions = target ? ecrActions(request.method, target) : base ? [] : undefined;
  if (actions === undefined) return refusal(405, "UNSUPPORTED", `${request.method} is not offered by ECR`);
  const question = { region: registry.region, password, repository: target?.repository ?? "", actions };
  const decision = await decided(options, emulator, question);
  if (!decision) return refusal(503, "UNAVAILABLE", `The emulator of account ${registry.account} does not answer`);
  if (decision.status === 401) return challenge(registry, decision.message ?? "");
  if (decision.status !== 200) return refused(registry, decision);
  if (!target) return apiVersion();
  if (target.resource === "manifests" && request.method === "PUT") {
    return await putManifest(options, registry, emulator, request, url, target);
  }
  return await forward(options, registry.prefix, request, url, target);
}

interface Question {
  readonly region: string;
  readonly password: string;
  readonly repository: string;
  readonly actions: readonly string[];
}

/** For a token of another account its own emulator says what its holder may, and this one whether the repository lets it in. */
async function decided(
  options: RegistryOptions,
  emulator: Emulator,
  question: Question,
): Promise<Decision | undefined> {
  const own = await ask<Decision>(emulator, "ecr/decide", question);
  if (own?.status !== 401) return own;
  const others = (await registered(options.emulators)).filter(({ account }) => account !== emulator.account);
  for (const other of others) {
    const elsewhere = { ...question, account: emulator.account };
    const decision = await ask<Decision>(other, "ecr/decide-identity", elsewhere);
    if (!decision || decision.status === 401) continue;
    if (decision.status !== 200) return decision;
    return await ask<Decision>(emulator, "ecr/decide-guest", { ...question, principal: decision.principal });
  }
  return own;
}

/** Writes a manifest if its tag may move, and tells the emulator that it is there. */
async function putManifest(
  options: RegistryOptions,
  registry: Ecr,
  emulator: Emulator,
  request: Request,
  url: URL,
  target: Target,
): Promise<Response> {
  const body = new Uint8Array(await request.arrayBuffer());
  if (body.length > MANIFEST_BYTES) {
    return refusal(413, "MANIFEST_INVALID", `A manifest has at most ${MANIFEST_BYTES} bytes`);
  }
  const digest = "sha256:" + createHash("sha256").update(body).digest("hex");
  const about = { region: registry.region, repository: target.repository, digest };
  if (!target.reference.startsWith("sha256:")) {
    const decision = await ask<Decision>(emulator, "ecr/decide-manifest", { ...about, tag: target.reference });
    if (decision?.status !== 200) return refused(registry, decision ?? { status: 503, code: "UNAVAILABLE" });
  }
  const response = await forward(options, registry.prefix, request, url, target, body);
  if (response.ok) await ask(emulator, "ecr/pushed", about);
  return response;
}

async function forward(
  options: RegistryOptions,
  prefix: string,
  request: Request,
  url: URL,
  target: Target | undefined,
  body: BodyInit | null = request.body,
): Promise<Response> {
  if (!target) return refusal(404, "UNSUPPORTED", `The lab's registries do not serve ${url.pathname}`);
  const headers = new Headers(request.headers);
  for (const name of HOP) headers.delete(name);
  const response = await fetch(storeUrl(options.store, prefix, url), {
    method: request.method,
    headers,
    body,
    redirect: "manual",
    signal: request.signal,
  });
  const answered = new Headers(response.headers);
  for (const name of ["location", "link"]) {
    const value = answered.get(name);
    if (value) answered.set(name, outward(value, options.store, prefix, name === "location" ? url.origin : ""));
  }
  if (target.resource === "tags" && response.ok && request.method === "GET") {
    answered.delete("content-length");
    return Response.json({ ...await response.json(), name: target.repository }, { headers: answered });
  }
  return new Response(response.body, { status: response.status, headers: answered });
}

function apiVersion(): Response {
  return new Response("{}", { headers: versioned({ "content-type": "application/json" }) });
}

function versioned(headers: Record<string, string>): Record<string, string> {
  return { "docker-distribution-api-version": "registry/2.0", ...headers };
}

function refusal(status: number, code: string, message: string, headers: Record<string, string> = {}): Response {
  return Response.json({ errors: [{ code, message }] }, { status, headers: versioned(headers) });
}

function refused(registry: Ecr, decision: Decision): Response {
  log("registry", `${registry.prefix} refuses: ${decision.code} ${decision.message}`);
  return refusal(decision.status, decision.code ?? "DENIED", decision.message ?? "");
}

/** ECR's own challenge: its clients then send Basic with the token of GetAuthorizationToken. */
function challenge(registry: Ecr, why: string): Response {
  log("registry", `${registry.prefix} asks for a token: ${why}`);
  const realm = `Basic realm="https://${registry.prefix}/",service="ecr.amazonaws.com"`;
  return new Response("Not Authorized\n", { status: 401, headers: versioned({ "www-authenticate": realm }) });
}
