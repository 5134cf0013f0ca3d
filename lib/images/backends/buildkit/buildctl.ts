/** The arguments of `buildctl build`, BuildKit's client. */
import { archOf, cacheTag } from "../../../core/names.ts";
import { familiarName } from "../../../core/image_names.ts";
import { sortedEntries } from "../../../core/order.ts";
import { CLUSTER } from "../../../core/pins.ts";
import type { Image, JobSpec } from "../../../plan/types.ts";
import { REPRODUCIBLE_TIME } from "../../context.ts";
import { partsText } from "../../key_parts.ts";
import { secretArgs, sshArgs } from "../../secret.ts";
import { dockerfileName, folderName } from "../../segments.ts";
import { PROGRESS_FLAG } from "./progress.ts";

/** Stands for the id of the pod that builds, which is known when it runs. */
export const BUILD_ID = "<build-id>";

/** `scanner`: the image that lists the packages of an SBOM. */
export function buildctlArgs(spec: JobSpec, scanner: string): string[] {
  const { image, key, parts } = spec.build;
  const annotations = [[CLUSTER.imageKeyAnnotation, key], [CLUSTER.imagePartsAnnotation, partsText(parts)]] as const;
  const options: (readonly [string, string])[] = [
    ["filename", dockerfileName(image.dockerfile)],
    ["platform", spec.platform],
    ...(image.target ? [["target", image.target] as const] : []),
    ...(spec.fresh.pull ? [["image-resolve-mode", "pull"] as const] : []),
    // A value of the user follows, and the last one counts.
    ...(image.reproducible ? [["build-arg:SOURCE_DATE_EPOCH", String(REPRODUCIBLE_TIME)] as const] : []),
    ...prefixed("build-arg", image.args),
    ...prefixed("label", image.labels),
    ...named(spec),
  ];
  const repository = `${spec.registry}/${image.repository}`;
  const arch = image.platforms.length > 1 ? archOf(spec.platform) : undefined;
  const cache = `type=registry,ref=${repository}:${cacheTag(arch)}`;
  const output = [
    "type=image",
    `name=${repository}:${spec.tag}`,
    "push=true",
    "oci-mediatypes=true",
    ...(image.reproducible ? ["rewrite-timestamp=true"] : []),
    ...(image.compression === "zstd" ? ["compression=zstd"] : []),
    ...annotations.map(([name, value]) => `annotation.${name}=${value}`),
    // A rebuild of which nothing changed is a new image all the same: its age counts from there.
    ...(image.maxAgeSeconds === null ? [] : [`annotation.${CLUSTER.imageBuildAnnotation}=${BUILD_ID}`]),
    // With attestations an index is pushed, whose digest is the image's; without an index BuildKit rejects the option.
    ...(image.provenance !== "none" || image.sbom
      ? annotations.map(([name, value]) => `annotation-index.${name}=${value}`)
      : []),
  ];
  return [
    PROGRESS_FLAG,
    "--frontend=dockerfile.v0",
    ...localArgs(image),
    ...options.map(([name, value]) => `--opt=${name}=${value}`),
    ...secretArgs(Object.keys(image.secrets)),
    ...sshArgs(Object.keys(image.ssh)),
    ...(image.provenance === "none" ? [] : [`--opt=attest:provenance=mode=${image.provenance}`]),
    ...(image.sbom ? [`--opt=attest:sbom=generator=${scanner}`] : []),
    `--output=${output.join(",")}`,
    ...(spec.fresh.noCache ? ["--no-cache"] : []),
    ...(image.cache === "none" ? [] : [
      ...(spec.importsCache && !spec.fresh.noCache ? [`--import-cache=${cache}`] : []),
      `--export-cache=${cache},mode=${image.cache},image-manifest=true,oci-mediatypes=true,ignore-error=true`,
    ]),
  ];
}

/** BuildKit looks a named context up by its familiar name, without `:latest`. */
function named({ needs, build: { image: { contexts } } }: JobSpec): (readonly [string, string])[] {
  const images = sortedEntries(needs).map(([alias, ref]) => [alias, `docker-image://${ref}`] as const);
  const others = sortedEntries(contexts).map(([alias, source]) => {
    return [alias, "image" in source ? `docker-image://${source.image}` : `local:${localName(alias)}`] as const;
  });
  return [...images, ...others].map(([alias, value]) => [`context:${familiarName(alias)}`, value]);
}

function localArgs({ contexts }: Image): string[] {
  const folders = sortedEntries(contexts).flatMap(([alias, source]) => {
    if (!("folder" in source)) return [];
    return [`--local=${localName(alias)}=/workspace/contexts/${folderName(alias)}/context`];
  });
  return ["--local=context=/workspace/context", "--local=dockerfile=/workspace/dockerfile", ...folders];
}

/** `context` and `dockerfile` are names of BuildKit's own. */
function localName(alias: string): string {
  return `named-${folderName(alias)}`;
}

function prefixed(kind: string, values: Readonly<Record<string, string>>): (readonly [string, string])[] {
  return sortedEntries(values).map(([name, value]) => [`${kind}:${name}`, value] as const);
}
