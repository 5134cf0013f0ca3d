/** Entries of kubeconfigs, for whoever has no project open. The YAML of a kubeconfig is read when it is needed. */
import type { KubeconfigEntry } from "../core/kubeconfig.ts";

/** The text of a kubeconfig with the entry, whose context becomes the current one. Default: of one without any other. */
export async function withKubeconfigEntry(entry: KubeconfigEntry, text = ""): Promise<string> {
  const { withEntry } = await import("../adapters/kubeconfig.ts");
  return withEntry(text, entry);
}

/**
 * Adds the entry to a kubeconfig, and makes its context the current one. Other entries and comments stay. Default: the
 * first file of `KUBECONFIG`, or `~/.kube/config`. Returns the path of the file.
 */
export async function writeKubeconfig(entry: KubeconfigEntry, file?: string): Promise<string> {
  const { kubeconfigFile, writeEntry } = await import("../adapters/kubeconfig.ts");
  return await writeEntry(file ?? kubeconfigFile((name) => Deno.env.get(name)), entry);
}
