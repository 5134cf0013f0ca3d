/** The volumes that keep BuildKit's state between builds: their StorageClass, and a claim for each image and platform. */
import { KINDS, type Kube } from "../core/kube.ts";
import { archOf, cacheName } from "../core/names.ts";
import { CLUSTER } from "../core/pins.ts";
import { readObject } from "../core/templates.ts";
import { largerOf } from "../core/units.ts";
import type { Config } from "../plan/types.ts";
import { diskParameters } from "./storage.ts";
import type { ClusterTemplates } from "./templates.ts";

/** An unused claim costs nothing: its volume is created for its first pod. */
export function buildCaches(config: Config, templates: ClusterTemplates): Kube[] {
  const { builder: { cache, isolation }, images } = config, text = templates["build-cache.yaml"];
  if (cache === null || images.length === 0) return [];
  const made = readObject(text, KINDS.storageClass);
  const claim = readObject(text, KINDS.persistentVolumeClaim);
  return [
    { ...made, parameters: { ...made.parameters, ...diskParameters(config) } },
    ...images.flatMap((image) =>
      image.platforms.map((platform): Kube => ({
        ...claim,
        metadata: {
          ...claim.metadata,
          namespace: CLUSTER.buildNamespace,
          name: cacheName(image.name, archOf(platform), isolation),
          labels: { ...claim.metadata.labels, [CLUSTER.imageLabel]: image.name },
        },
        spec: { ...claim.spec, resources: { requests: { storage: largerOf(cache.size, image.resources.disk) } } },
      }))
    ),
  ];
}
