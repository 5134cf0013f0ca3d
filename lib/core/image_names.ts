/** Names of images as `FROM` and `--from` use them, and as BuildKit looks up named contexts. */

const DOMAIN =
  /^(?:(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])(?:\.(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9]))*|\[[a-fA-F0-9:]+\])(?::\d+)?$/;
const PATH = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;
const VERSION =
  /^(?::([\w][\w.-]{0,127}))?(?:@([A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}))?$/;
const HUB = "docker.io";

interface ImageName {
  /** `docker.io/library/python`. */
  readonly repository: string;
  /** Without `docker.io/library/` and `:latest`: how BuildKit looks up a named context. */
  readonly familiar: string;
  readonly tag: string | null;
  readonly digest: string | null;
}

/** `null`: not a reference that BuildKit accepts. */
export function imageName(written: string): ImageName | null {
  if (/^[a-f0-9]{64}$/.test(written)) return null;
  const slash = written.indexOf("/"), first = written.slice(0, Math.max(slash, 0));
  const isHost = slash >= 0 && (/[.:]/.test(first) || first === "localhost" || first.toLowerCase() !== first);
  const domain = !isHost || first === "index.docker.io" ? HUB : first;
  const rest = isHost ? written.slice(slash + 1) : written;
  const end = rest.search(/[:@]/), bare = end < 0 ? rest : rest.slice(0, end);
  const path = domain === HUB && !bare.includes("/") ? `library/${bare}` : bare;
  const version = VERSION.exec(end < 0 ? "" : rest.slice(end));
  if (!DOMAIN.test(domain) || !PATH.test(path) || !version) return null;
  const tag = version[1] ?? null, digest = version[2] ?? null;
  const short = domain === HUB ? path.replace(/^library\/(?=[^/]+$)/, "") : `${domain}/${path}`;
  const familiar = short + (tag === null || tag === "latest" && digest === null ? "" : `:${tag}`) +
    (digest === null ? "" : `@${digest}`);
  return { repository: `${domain}/${path}`, familiar, tag, digest };
}

/** How BuildKit looks up a named context; the name itself, if it is no reference. */
export function familiarName(name: string): string {
  return imageName(name)?.familiar ?? name;
}
