/**
 * `deno task pin:images` reads the digests of all images that unitune runs from their registries and rewrites
 * `lib/core/facts/digests.ts`. Run it after raising a version, where docker.io, public.ecr.aws and nvcr.io are reachable.
 *
 * If a digest is not available, it says which, writes nothing and exits with 1. EFA's device plugin is left out: each
 * region has its own registry for it, which needs AWS credentials.
 */
import { createHash } from "node:crypto";
import { published } from "../lib/config/resolve/sources.ts";
import { DIGESTS } from "../lib/core/facts/digests.ts";
import { karpenterFor, KUBERNETES } from "../lib/core/facts/kubernetes.ts";
import { PINS } from "../lib/core/pins.ts";
import { parseReference } from "../lib/core/registries.ts";

const FILE = new URL("../lib/core/facts/digests.ts", import.meta.url);
const INDEXES = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
];
const MANIFESTS = [
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.v2+json",
];
const CHART = "application/vnd.cncf.helm.config.v1+json";

/** The URL of a registry's API, by the host in references. */
type Api = (host: string) => string;

const api: Api = (host) => `https://${host === "docker.io" ? "registry-1.docker.io" : host}/v2`;

/** All references that have the same digest everywhere. */
export function toPin(): string[] {
  const versions = [PINS.karpenter.version, ...Object.keys(KUBERNETES).map(karpenterFor)];
  const all = versions.flatMap((version) => published(undefined, version ?? PINS.karpenter.version));
  return [...new Set(all)].toSorted();
}

/** The current digest of a tag: of the index of all platforms, or of a chart. Its bytes are hashed here. */
export async function digestOf(reference: string, at: Api = api): Promise<string> {
  const { host, repository, version } = parseReference(reference);
  const url = `${at(host)}/${repository}/manifests/${version.slice(1)}`;
  const response = await authorized(url);
  const text = await response.text();
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${text.slice(0, 200)}`);
  const digest = `sha256:${createHash("sha256").update(text).digest("hex")}`;
  const claimed = response.headers.get("docker-content-digest") ?? digest;
  if (claimed !== digest) throw new Error(`${url} sent ${digest} but declared ${claimed}`);
  const { mediaType, config } = JSON.parse(text) as { mediaType?: string; config?: { mediaType: string } };
  const type = mediaType ?? response.headers.get("content-type") ?? "";
  if (!INDEXES.includes(type) && config?.mediaType !== CHART) {
    throw new Error(`${url} is an image for one platform: nodes of another platform could not run it`);
  }
  return digest;
}

/** Anonymously, with the token from the registry's challenge. */
async function authorized(url: string): Promise<Response> {
  const headers = { accept: [...INDEXES, ...MANIFESTS].join(", ") };
  const first = await fetch(url, { headers });
  const challenge = first.headers.get("www-authenticate") ?? "";
  if (first.status !== 401 || !/^bearer /i.test(challenge)) return first;
  await first.body?.cancel();
  const { realm, ...query } = Object.fromEntries(
    [...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, key, value]) => [key!, value!]),
  );
  const answer = await fetch(`${realm}?${new URLSearchParams(query)}`);
  if (!answer.ok) throw new Error(`${realm} answered ${answer.status}: ${(await answer.text()).slice(0, 200)}`);
  const { token, access_token } = await answer.json();
  return await fetch(url, { headers: { ...headers, authorization: `Bearer ${token ?? access_token}` } });
}

/** The complete text of the file. */
export function fileOf(digests: Readonly<Record<string, string>>, day: string): string {
  const lines = Object.entries(digests).map(([reference, digest]) => `  "${reference}":\n    "${digest}",`);
  return `/**
 * Digests of what unitune itself runs in a cluster, by reference, so that a moved tag changes nothing. Each is the digest
 * of the index of all platforms, or of a chart, as its registry returned it on ${day} to \`deno task pin:images\`, which
 * wrote this file. A reference without a digest here is pulled by its exact version.
 */
export const DIGESTS: Readonly<Record<string, string>> = {
${lines.join("\n")}
};
`;
}

/** Reads all: returns the digests, and the failures. */
export async function askAll(references: readonly string[], at: Api = api) {
  const digests: Record<string, string> = {}, failures: string[] = [];
  for (const reference of references) {
    try {
      digests[reference] = await digestOf(reference, at);
    } catch (error) {
      failures.push(`${reference}: ${error instanceof Error ? error.message : error}`);
    }
  }
  return { digests, failures };
}

if (import.meta.main) {
  const { digests, failures } = await askAll(toPin());
  for (const failure of failures) console.error(failure);
  if (failures.length > 0) Deno.exit(1);
  for (const [reference, digest] of Object.entries(digests)) {
    const before = DIGESTS[reference];
    if (digest !== before) console.log(`${before ? `moved from ${before}` : "new"}: ${reference}@${digest}`);
  }
  await Deno.writeTextFile(FILE, fileOf(digests, new Date().toISOString().slice(0, 10)));
  await new Deno.Command(Deno.execPath(), { args: ["fmt", "--quiet", FILE.pathname] }).output();
}
