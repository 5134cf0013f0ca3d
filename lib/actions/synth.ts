/** Writes everything as files, without an account. */
import { objectName } from "../core/names.ts";
import type { KubeObject } from "../core/ports.ts";
import { accessDocument } from "../plan/access.ts";
import { sourceDocument } from "../plan/sources.ts";
import { stackNames } from "../plan/stacks.ts";
import type { Policies } from "../permissions/policies.ts";
import { plannedJob } from "./jobs.ts";
import { UNDEPLOYED } from "./observe.ts";
import type { ProjectFiles } from "./operation.ts";

/** A file to write: its path in the output folder, and its text or its objects. */
type SynthFile =
  | { readonly path: string; readonly text: string }
  | { readonly path: string; readonly objects: readonly KubeObject[] };

/** `stacks/*.template.json`, `access.json`, `images.json`, `cluster/*.yaml`, `jobs/*.yaml`, `permissions/*.json`. */
export async function synthFiles(files: ProjectFiles, policies: Policies): Promise<SynthFile[]> {
  const { config, assemblies, objects, contexts } = files;
  const stacks = await Promise.all(
    stackNames(config).map(async (stack): Promise<SynthFile> => {
      return { path: `stacks/${stack}.template.json`, text: await assemblies.template(stack) };
    }),
  );
  const admins = config.cluster.admins.length > 0 ? [json("access.json", accessDocument(config))] : [];
  const cluster = objects.cluster({ ...UNDEPLOYED, region: config.region }).map((object): SynthFile => {
    return { path: `cluster/${fileName(object)}.yaml`, objects: [object] };
  });
  const jobs = (await contexts.builds()).map((build): SynthFile => {
    return { path: `jobs/${build.image.name}.yaml`, objects: plannedJob(files, build) };
  });
  const permissions = Object.entries(policies).flatMap(([name, documents]) => {
    return documents.map((policy, index) => {
      return json(`permissions/${documents.length === 1 ? name : `${name}-${index + 1}`}.json`, policy);
    });
  });
  return [...stacks, ...admins, json("images.json", sourceDocument(config)), ...cluster, ...jobs, ...permissions];
}

function json(path: string, value: unknown): SynthFile {
  return { path, text: `${JSON.stringify(value, null, 2)}\n` };
}

function fileName({ kind, metadata: { name, namespace } }: KubeObject): string {
  return `${kind.toLowerCase()}-${objectName({ kind, name, namespace }, ".")}`;
}
