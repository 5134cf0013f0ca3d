/** References to images and charts, and which of their hosts are ECR registries. */
import { ACCOUNT } from "./facts/ids.ts";
import { registryHost } from "./names.ts";

interface Reference {
  /** `docker.io`, `mirror.example.com:5000`. */
  readonly host: string;
  /** `alpine/helm`. */
  readonly repository: string;
  /** `:4.3.0`, `@sha256:…` or both. */
  readonly version: string;
}

/** Parses a full reference: its first part is the host. */
export function parseReference(reference: string): Reference {
  const slash = reference.indexOf("/"), rest = reference.slice(slash + 1);
  const at = rest.search(/[:@]/);
  return {
    host: reference.slice(0, slash),
    repository: at < 0 ? rest : rest.slice(0, at),
    version: at < 0 ? "" : rest.slice(at),
  };
}

/** A private ECR registry. */
interface EcrRegistry {
  readonly account: string;
  readonly region: string;
}

/** `null`: the host is not an ECR registry. */
export function ecrRegistry(host: string): EcrRegistry | null {
  const [account = "", , , region = ""] = host.split(".");
  return ACCOUNT.pattern.test(account) && host === registryHost(account, region) ? { account, region } : null;
}
