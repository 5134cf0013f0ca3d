/** How a request at a registry's name maps to the one store, and the store's answers back. Pure. */

/** An ECR registry, or a public one that anybody reads. */
export type Registry =
  | { readonly kind: "ecr"; readonly prefix: string; readonly account: string; readonly region: string }
  | { readonly kind: "public"; readonly prefix: string };

/** What a request wants, as far as the path says it. */
export interface Target {
  readonly repository: string;
  readonly resource: "manifests" | "blobs" | "uploads" | "tags";
  /** Tag or digest, digest, upload id, or "list". */
  readonly reference: string;
}

const ECR = /^(\d{12})\.dkr\.ecr\.([a-z]{2}(?:-[a-z]+)+-\d)\.amazonaws\.com$/;
const DOCKER_HUB = ["docker.io", "registry-1.docker.io", "index.docker.io"];
const PATH = /^\/v2\/(.+)\/(manifests|blobs\/uploads|blobs|tags)(?:\/([^/]*))?$/;

/** The registry behind a host name (a port is ignored), or undefined for a name that the lab does not serve. */
export function registryOf(host: string, publicNames: readonly string[]): Registry | undefined {
  const name = host.replace(/:\d+$/, "").toLowerCase();
  const ecr = ECR.exec(name);
  if (ecr) return { kind: "ecr", prefix: name, account: ecr[1]!, region: ecr[2]! };
  if (DOCKER_HUB.includes(name)) return { kind: "public", prefix: "docker.io" };
  return publicNames.includes(name) ? { kind: "public", prefix: name } : undefined;
}

/** Reads a path of the distribution protocol; undefined for `/v2/` and for what the lab does not serve. */
export function targetOf(path: string): Target | undefined {
  const match = PATH.exec(path);
  if (!match) return undefined;
  const [, repository, kind, reference = ""] = match;
  const resource = kind === "blobs/uploads" ? "uploads" : kind as Target["resource"];
  return { repository: repository!, resource, reference: decodeURIComponent(reference) };
}

/** The same request at the store. Mounting a blob from another repository is off in ECR unless switched on. */
export function storeUrl(store: string, prefix: string, url: URL): string {
  const query = new URLSearchParams(url.search);
  for (const name of ["ns", "mount", "from"]) query.delete(name);
  const text = query.toString();
  const path = url.pathname.replace(/^\/v2\//, `/v2/${prefix}/`);
  return `${store}${path}${text && "?"}${text}`;
}

/** A `Location` or `Link` target of the store as the registry's own client must see it. */
export function outward(value: string, store: string, prefix: string, origin: string): string {
  return value.replaceAll(`${store}/v2/`, "/v2/").replaceAll(`/v2/${prefix}/`, `${origin}/v2/`);
}

/** The ECR actions of which a request needs one; undefined for a request that ECR does not offer. */
export function ecrActions(method: string, target: Target): readonly string[] | undefined {
  // Asked by those who push as well as by those who pull.
  if (method === "HEAD" && target.resource === "blobs") {
    return ["ecr:BatchCheckLayerAvailability", "ecr:GetDownloadUrlForLayer"];
  }
  const action = ecrAction(method, target);
  return action === undefined ? undefined : [action];
}

function ecrAction(method: string, target: Target): string | undefined {
  const read = method === "GET" || method === "HEAD";
  switch (target.resource) {
    case "manifests":
      return read ? "ecr:BatchGetImage" : method === "PUT" ? "ecr:PutImage" : undefined;
    case "blobs":
      return read ? "ecr:GetDownloadUrlForLayer" : undefined;
    case "tags":
      return read ? "ecr:ListImages" : undefined;
    case "uploads":
      if (method === "POST") return "ecr:InitiateLayerUpload";
      if (method === "PUT") return "ecr:CompleteLayerUpload";
      return method === "PATCH" || method === "GET" || method === "DELETE" ? "ecr:UploadLayerPart" : undefined;
    default:
      return target.resource satisfies never;
  }
}

/** The password of `Authorization: Basic base64("AWS:<password>")`, or undefined. */
export function passwordOf(authorization: string | null): string | undefined {
  const encoded = /^Basic\s+(\S+)$/i.exec(authorization ?? "")?.[1];
  if (!encoded) return undefined;
  try {
    const [user, ...password] = atob(encoded).split(":");
    return user === "AWS" ? password.join(":") : undefined;
  } catch {
    return undefined;
  }
}
