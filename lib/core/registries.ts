/** References of images and charts, and the registries of ECR among their hosts. */
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

/** Of a whole reference: the host is its first part. */
export function parseReference(reference: string): Reference {
  const slash = reference.indexOf("/"), rest = reference.slice(slash + 1);
  const at = rest.search(/[:@]/);
  return {
    host: reference.slice(0, slash),
    repository: at < 0 ? rest : rest.slice(0, at),
    version: at < 0 ? "" : rest.slice(at),
  };
}

/** A private registry of ECR. */
interface EcrRegistry {
  readonly account: string;
  readonly region: string;
}

/** `null`: the host is no registry of ECR. */
export function ecrRegistry(host: string): EcrRegistry | null {
  const [account = "", , , region = ""] = host.split(".");
  return ACCOUNT.pattern.test(account) && host === registryHost(account, region) ? { account, region } : null;
}
