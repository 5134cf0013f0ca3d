/** A registry in memory: manifests by digest, tags on them; `puts` tells what was written, in order. */
import { createHash } from "node:crypto";
import type { RegistryPort } from "../../lib/core/ports.ts";

type Manifest = { readonly mediaType: string; readonly body: string };
export type FakeRegistry = Pick<RegistryPort, "find" | "newest" | "manifest" | "putManifest"> & {
  readonly puts: string[];
  readonly tags: Map<string, string>;
  /** What a build pushes; gives its digest. */
  push(repository: string, tag: string, manifest: Manifest): string;
};

export function fakeRegistry(): FakeRegistry {
  const manifests = new Map<string, Manifest>(), tags = new Map<string, string>(), puts: string[] = [];
  const push = (repository: string, tag: string, manifest: Manifest) => {
    const digest = `sha256:${createHash("sha256").update(manifest.body).digest("hex")}`;
    manifests.set(`${repository}@${digest}`, manifest);
    tags.set(`${repository}:${tag}`, digest);
    return digest;
  };
  return {
    puts,
    tags,
    push,
    find: (repository, tag) => {
      const digest = tags.get(`${repository}:${tag}`);
      return Promise.resolve(digest === undefined ? null : { digest, tags: [tag], pushedAt: 0, bytes: 1024 });
    },
    newest: (repository) => {
      const builds = [...tags].filter(([name]) => name.startsWith(`${repository}:src-`));
      const [name, digest] = builds.at(-1) ?? [];
      return Promise.resolve(name && digest ? { digest, tag: name.split(":")[1]! } : null);
    },
    manifest: (repository, reference) => {
      const digest = reference.startsWith("sha256:") ? reference : tags.get(`${repository}:${reference}`) ?? "";
      const manifest = manifests.get(`${repository}@${digest}`);
      return Promise.resolve(manifest ? { digest, ...manifest } : null);
    },
    putManifest: (repository, tag, manifest) => {
      for (const { digest } of JSON.parse(manifest.body).manifests ?? []) {
        if (!manifests.has(`${repository}@${digest}`)) throw new Error(`An index of ${digest}, which is not there`);
      }
      puts.push(`${repository}:${tag}`);
      return Promise.resolve({ digest: push(repository, tag, manifest) });
    },
  };
}
