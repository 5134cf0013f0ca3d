/** The schema of what leaves the sandbox, section by section, so that a mistake in one hides none in another. */
import * as z from "zod";
import { BUILD_TAGS, MAX_NAME, NAME_PATTERN } from "../../core/names.ts";
import { ACCOUNT, REGION } from "../../core/facts/ids.ts";
import { LOGIN_HOURS } from "../../core/facts/repositories.ts";

import { access } from "./access.ts";
import { choice, cpus, duration, flag, imageRef, integer, leaf, map, size, spelt, text } from "../fields.ts";
import { isRange, rangeOf } from "../../core/ranges.ts";
import { imageName } from "../../core/image_names.ts";
import { ZONES } from "../../core/zones.ts";
import { didYouMean } from "../issues.ts";
import { cluster, ebsKey, iam, network } from "./infra.ts";
import { proxy, pull, registries, secretId, secretSource } from "./registries.ts";
import { digests, mirrors } from "../resolve/sources.ts";
import { storage } from "./storage.ts";
import { tags } from "../resolve/tags.ts";

const NAME_RULE = `lower-case letters, digits and single hyphens, a letter first, at most ${MAX_NAME} characters`;

export const name = leaf(z.string().regex(NAME_PATTERN).max(MAX_NAME), NAME_RULE, (found) => {
  const fixed = String(found ?? "").toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^[^a-z]+|-+$/g, "");
  const usable = fixed !== found && fixed.length <= MAX_NAME && NAME_PATTERN.test(fixed);
  return usable ? `for example ${JSON.stringify(fixed)}` : undefined;
});

const range = leaf(
  z.string().refine(isRange),
  "an IPv4 range of /1 to /32 with no bits set past its length, like 10.20.0.0/16",
  (found) => rangeOf(found)?.hint,
);
/** Addresses that builds may reach. */
const reach = leaf(
  z.union([range, z.strictObject({ range, ports: z.array(integer(1, 65_535, "ports")).min(1).max(16).optional() })]),
  "an IPv4 range like 10.20.0.0/16, or { range, ports }",
  (found) => rangeOf(typeof found === "string" ? found : (found as { range?: unknown } | null)?.range)?.hint,
);

/** The sections of a config, except pools and images, which are checked one by one. */
export const SECTIONS = {
  name,
  // Any other region of the right form is accepted too.
  region: spelt(REGION, (found) => didYouMean(found, Object.keys(ZONES))),
  account: spelt(ACCOUNT).optional(),
  tags: tags.optional(),
  mirrors: mirrors.optional(),
  digests: digests.optional(),
  network,
  cluster,
  iam,
  ebsKey,
  access,
  storage,
  karpenter: z.strictObject({
    version: text(/^1\.[0-9]{1,2}\.[0-9]{1,2}$/, "a version of Karpenter 1, like 1.14.3").optional(),
    replicas: integer(1, 4, "replicas").optional(),
    resources: z.strictObject({
      cpu: cpus(0.1, 16).optional(),
      memory: size("256Mi", "64Gi").optional(),
      memoryLimit: size("256Mi", "64Gi").optional(),
    }).optional(),
    gates: z.strictObject({
      reservedCapacity: flag().optional(),
      spotToSpotConsolidation: flag().optional(),
      nodeRepair: flag().optional(),
      nodeOverlay: flag().optional(),
      staticCapacity: flag().optional(),
      capacityBuffer: flag().optional(),
    }).optional(),
  }).optional(),
  devicePlugins: z.strictObject({ efa: imageRef().optional(), nvidia: imageRef().optional() }).optional(),
  builder: z.strictObject({
    pool: z.string().optional(),
    concurrency: integer(1, 64, "builds").optional(),
    isolation: choice(["userns", "rootless", "privileged"]).optional(),
    image: imageRef("old versions of BuildKit have known escapes").optional(),
    cache: leaf(
      z.union([z.literal(false), z.strictObject({ size: size("10Gi", "16Ti").optional() })]),
      "false, or { size }",
      (found) => typeof found === "string" ? `write { size: ${JSON.stringify(found)} }` : undefined,
    ).optional(),
    ttl: duration("0s", "24h").optional(),
    nodeTimeout: duration("1m", "6h").optional(),
    registries: registries.optional(),
    pull: pull.optional(),
    proxy: proxy.optional(),
    network: z.strictObject({ allow: z.array(reach).max(32).optional() }).optional(),
  }).optional(),
} as const;

/** The valid fields of the builder, as written. */
export type BuilderIn = Partial<NonNullable<z.output<(typeof SECTIONS)["builder"]>>>;

/** A reference between images as the sandbox writes it; `null`: the image is not in `images`. */
interface NeedRef {
  readonly image: string | null;
}

const TAG_RULE = "a tag of letters, digits and _.-, at most 128 characters, not starting with " +
  Object.values(BUILD_TAGS).join(" or ");
const tagName = text(
  new RegExp(`^(?!${Object.values(BUILD_TAGS).join("|")})[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$`),
  TAG_RULE,
);

/** A name in a Dockerfile. */
const alias = leaf(
  z.string().refine((alias) => alias !== "scratch" && imageName(alias)?.digest === null),
  "an image as FROM names it, like base or verlai/verl:latest, without a digest, and not scratch",
);

const IMAGE_SOURCE = "docker-image://";

/** What a named context is, as written: a path, or a reference; `null` if it is neither. */
export function sourceOf(source: string): { readonly path: string } | { readonly image: string } | null {
  if (!source.startsWith(IMAGE_SOURCE)) return /^[a-z][a-z0-9+.-]*:|^git@/i.test(source) ? null : { path: source };
  const image = source.slice(IMAGE_SOURCE.length);
  return image === "scratch" || imageName(image) === null ? null : { image };
}

export const imageSchema = z.strictObject({
  $: z.literal("image"),
  $git: z.literal(true).optional(),
  context: leaf(z.string().min(1), 'the folder of the build context, like "./images/base"'),
  dockerfile: leaf(
    z.string().min(1).refine((path) => !path.startsWith("/")),
    "a path relative to the context, or python({ … })",
  ).optional(),
  dockerfileInline: leaf(z.string().min(1), "the text of a Dockerfile").optional(),
  ignoreFile: leaf(
    z.string().min(1).refine((path) => !path.startsWith("/") && !path.split("/").includes("..")),
    "a path inside the context, relative to it",
  ).optional(),
  target: text(/^[A-Za-z0-9][\w.-]*$/, "the name of a target in the Dockerfile").optional(),
  args: map(
    // These two would change what is pushed, and unitune would not know.
    text(
      /^(?!BUILDKIT_(?:ATTEST_|MULTI_PLATFORM))[A-Za-z_]\w*$/,
      "letters, digits and _, not starting with a digit; instead of BUILDKIT_ATTEST_… use provenance or sbom",
    ),
    z.string(),
  ).optional(),
  secrets: z.record(secretId, secretSource).optional(),
  ssh: z.record(secretId, secretSource).optional(),
  needs: z.record(
    alias,
    leaf(
      z.unknown().refine((found) => (found as { $?: unknown } | null)?.$ === "needs") as unknown as z.ZodType<NeedRef>,
      "an image declared with image()",
      (found) =>
        typeof found === "string"
          ? "use a reference instead of a name: const base = image({ … }), then needs: { base }"
          : undefined,
    ),
  ).optional(),
  contexts: z.record(
    alias,
    leaf(
      z.string().min(1).refine((source) => sourceOf(source) !== null),
      "a folder, like ./lib, or an image, like docker-image://docker.io/library/alpine:3.22",
      (found) =>
        found === null || String(found).startsWith("target:")
          ? "an image of this config goes into needs: { base }"
          : /^(https?|git|ssh):|^git@/.test(String(found))
          ? "let a RUN step or ADD fetch it"
          : undefined,
    ),
  ).optional(),
  platforms: z.array(choice(["linux/amd64", "linux/arm64"])).min(1).optional(),
  tags: z.array(leaf(
    z.union([tagName, z.strictObject({ name: tagName, moves: flag().optional() })]),
    `${TAG_RULE}, or { name, moves }`,
  )).optional(),
  labels: map(text(/^[a-z0-9]+(?:[._-][a-z0-9]+)*$/i, "letters, digits and ._-"), z.string()).optional(),
  repository: leaf(
    z.string().min(2).max(256).regex(/^(?:[a-z0-9]+(?:[._-][a-z0-9]+)*\/)*[a-z0-9]+(?:[._-][a-z0-9]+)*$/),
    "an ECR repository: lower-case letters, digits and ._-/, 2 to 256 characters",
  ).optional(),
  pool: leaf(z.string(), "the name of a CPU pool").optional(),
  resources: z.strictObject({
    cpu: cpus(0.1, 192).optional(),
    memory: size("256Mi", "4Ti").optional(),
    disk: size("1Gi", "16Ti").optional(),
  }).optional(),
  cache: choice(["max", "min", "none"]).optional(),
  provenance: choice(["none", "min", "max"]).optional(),
  sbom: flag().optional(),
  compression: choice(["gzip", "zstd"]).optional(),
  permissions: choice(["git", "exact"]).optional(),
  reproducible: flag().optional(),
  maxAge: duration("1h", "8760h").optional(),
  // From its login on, which lasts 12 hours.
  timeout: duration("1m", `${LOGIN_HOURS}h`).optional(),
});
