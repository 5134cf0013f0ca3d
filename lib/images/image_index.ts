/** The index that joins the platforms of an image: a function of their manifests, so that every run writes the same bytes. */
import { sha256 } from "../core/hash.ts";
import { archOf, type Platform } from "../core/names.ts";
import { CLUSTER } from "../core/pins.ts";
import type { BuildSpec } from "../plan/types.ts";
import { partsText } from "./key_parts.ts";

export interface Manifest {
  readonly mediaType: string;
  readonly body: string;
}

interface PlatformManifest {
  readonly platform: Platform;
  readonly digest: string;
  readonly manifest: Manifest;
}

const INDEX = "application/vnd.oci.image.index.v1+json";
const INDEXES = [INDEX, "application/vnd.docker.distribution.manifest.list.v2+json"];

export function imageIndex(
  platforms: readonly PlatformManifest[],
  { key, parts }: Pick<BuildSpec, "key" | "parts">,
): Manifest & { readonly digest: string } {
  const sorted = [...platforms].sort((a, b) => (a.platform < b.platform ? -1 : 1));
  const body = JSON.stringify({
    schemaVersion: 2,
    mediaType: INDEX,
    manifests: sorted.flatMap(descriptors),
    annotations: { [CLUSTER.imageKeyAnnotation]: key, [CLUSTER.imagePartsAnnotation]: partsText(parts) },
  });
  return { mediaType: INDEX, body, digest: `sha256:${sha256(body)}` };
}

/** A platform with attestations is itself an index, of the image and its attestations: this index lists both. */
function descriptors({ platform, digest, manifest: { mediaType, body } }: PlatformManifest): unknown[] {
  if (INDEXES.includes(mediaType)) return JSON.parse(body).manifests;
  const size = new TextEncoder().encode(body).length;
  return [{ mediaType, digest, size, platform: { architecture: archOf(platform), os: "linux" } }];
}
