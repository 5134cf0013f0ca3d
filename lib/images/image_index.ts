/** The index that joins the platforms of an image: made of their manifests alone, so that any run makes the same bytes. */
import { createHash } from "node:crypto";
import { archOf, type Platform } from "../core/names.ts";
import { CLUSTER } from "../core/pins.ts";

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

export function imageIndex(parts: readonly PlatformManifest[], key: string): Manifest & { readonly digest: string } {
  const sorted = [...parts].sort((a, b) => (a.platform < b.platform ? -1 : 1));
  const body = JSON.stringify({
    schemaVersion: 2,
    mediaType: INDEX,
    manifests: sorted.flatMap(descriptors),
    annotations: { [CLUSTER.imageKeyAnnotation]: key },
  });
  return { mediaType: INDEX, body, digest: `sha256:${createHash("sha256").update(body).digest("hex")}` };
}

/** With attestations a platform is an index itself, of the image and of what is attested: both are taken over. */
function descriptors({ platform, digest, manifest: { mediaType, body } }: PlatformManifest): unknown[] {
  if (INDEXES.includes(mediaType)) return JSON.parse(body).manifests;
  const size = new TextEncoder().encode(body).length;
  return [{ mediaType, digest, size, platform: { architecture: archOf(platform), os: "linux" } }];
}
