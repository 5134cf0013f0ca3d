/** Turns what the user wrote into `Image`s, and checks the graph of their needs. */
import { entryOf } from "../../core/tables.ts";
import { MOST_FILTERS, MOVING } from "../../core/facts/repositories.ts";
import { familiarName } from "../../core/image_names.ts";
import { repositoryName } from "../../core/names.ts";
import type * as z from "zod";
import { check } from "../explain.ts";
import { secondsOf } from "../fields.ts";
import { type Issue, type Path, show } from "../issues.ts";
import { sorted } from "./pool_fields.ts";
import { resolvePython } from "./python.ts";
import { resourcesOf } from "./build_sizes.ts";
import { contextsOf } from "./contexts.ts";
import { imageSchema } from "../schema/config.ts";
import { sourceOf } from "./secret_sources.ts";
import type { Image, ImageTag, Pool, SecretSource } from "../types.ts";

const MAX_MOVING_TAGS = MOST_FILTERS - MOVING.length;

interface ImageOptions {
  /** The cluster's name, for the repository. */
  readonly cluster: string;
  /** Real paths of the contexts, by image; a missing context stays as the user wrote it. */
  readonly contexts: Readonly<Record<string, string>>;
  /** Real paths of the folders in `contexts`, by image and name; missing ones stay as the user wrote them. */
  readonly folders: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** The pool of images that do not name one. */
  readonly pool: string;
  /** The pools of the config that could be resolved. */
  readonly pools: readonly Pool[];
}

/** An image with mistakes is returned too, with its valid fields, so that references to it can be checked. */
export function resolveImage(name: string, value: unknown, options: ImageOptions, issues: Issue[]): Image | undefined {
  const path = ["images", name];
  if ((value as { readonly $?: unknown } | null)?.$ !== "image") {
    issues.push({ code: "INVALID_VALUE", path, message: `must be declared with image(): found ${show(value)}` });
    return undefined;
  }
  const { fields, inline } = inlineOf(value as Readonly<Record<string, unknown>>, path, issues);
  const { partial: data, issues: found } = check(imageSchema, fields, path);
  issues.push(...found, ...platformIssues(name, data.platforms));
  const tags = (data.tags ?? []).map((tag): ImageTag =>
    typeof tag === "string" ? { name: tag, moves: false } : { name: tag.name, moves: tag.moves ?? false }
  );
  issues.push(...tagIssues(name, tags), ...ageIssues(name, data, tags));
  return {
    name,
    repository: data.repository ?? repositoryName(options.cluster, name),
    context: entryOf(options.contexts, name) ?? data.context ?? "",
    dockerfile: normalized(data.dockerfile ?? "Dockerfile"),
    dockerfileInline: inline ?? data.dockerfileInline ?? null,
    ignoreFile: data.ignoreFile === undefined ? null : normalized(data.ignoreFile),
    target: data.target ?? null,
    args: sorted(data.args ?? {}),
    secrets: secretsOf(["images", name, "secrets"], data.secrets, issues),
    ssh: secretsOf(["images", name, "ssh"], data.ssh, issues),
    needs: needsOf(name, data.needs, issues),
    contexts: contextsOf(name, data, entryOf(options.folders, name) ?? {}, issues),
    // Invalid platforms have been reported: nothing more is concluded from them.
    platforms: "platforms" in data ? (data.platforms ?? ["linux/amd64"]).toSorted() : [],
    tags,
    gitTags: data.$git ?? false,
    labels: sorted(data.labels ?? {}),
    pool: data.pool ?? options.pool,
    ...resourcesOf(data.resources, options.pools.find(({ name }) => name === (data.pool ?? options.pool))),
    cache: data.cache ?? "max",
    provenance: data.provenance ?? "none",
    sbom: data.sbom ?? false,
    compression: data.compression ?? "gzip",
    permissions: data.permissions ?? "git",
    reproducible: data.reproducible ?? false,
    maxAgeSeconds: data.maxAge === undefined ? null : secondsOf(data.maxAge) ?? 0,
    timeoutSeconds: secondsOf(data.timeout ?? "4h") ?? 0,
  };
}

type Fields = Readonly<Record<string, unknown>>;

/** The fields without a Dockerfile of `python`, and its text. Two Dockerfiles are an issue. */
function inlineOf(value: Fields, path: Path, issues: Issue[]): { fields: Fields; inline: string | null } {
  const { dockerfile, ...fields } = value;
  if (dockerfile !== undefined && fields["dockerfileInline"] !== undefined) {
    const message = "must not have both dockerfile and dockerfileInline: found both";
    issues.push({ code: "CONFLICT", path: [...path, "dockerfileInline"], message });
  }
  if ((dockerfile as { readonly $?: unknown } | null | undefined)?.$ !== "python") {
    return { fields: value, inline: null };
  }
  return { fields, inline: resolvePython(dockerfile, [...path, "dockerfile"], issues) };
}

function normalized(path: string): string {
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part === ".." && parts.length > 0 && parts.at(-1) !== "..") parts.pop();
    else parts.push(part);
  }
  return parts.join("/");
}

type SecretsIn = z.output<typeof imageSchema>["secrets"];

function secretsOf(path: Path, input: SecretsIn, issues: Issue[]): Readonly<Record<string, SecretSource>> {
  const secrets: Record<string, SecretSource> = {};
  for (const [id, value] of Object.entries(input ?? {})) {
    const source = sourceOf(value, [...path, id], issues);
    if (source) secrets[id] = source;
  }
  return sorted(secrets);
}

type NeedsIn = z.output<typeof imageSchema>["needs"];

function needsOf(name: string, input: NeedsIn, issues: Issue[]): Readonly<Record<string, string>> {
  const needs: Record<string, string> = {};
  for (const [alias, { image }] of Object.entries(input ?? {})) {
    const same = Object.keys(needs).find((other) => familiarName(other) === familiarName(alias));
    if (same !== undefined) {
      const message = `must not name what another name is for BuildKit: found ${show(alias)} and ${show(same)}`;
      issues.push({ code: "CONFLICT", path: ["images", name, "needs", alias], message });
    } else if (image !== null) needs[alias] = image;
    else {
      issues.push({
        code: "UNKNOWN_REFERENCE",
        path: ["images", name, "needs", alias],
        message: "must be an image in images: found one that is not",
        hint: `add it: images: { ${alias}, ${name} }`,
      });
    }
  }
  return sorted(needs);
}

function platformIssues(name: string, platforms: readonly string[] = []): Issue[] {
  return platforms.flatMap((platform, at): Issue[] => {
    if (platforms.indexOf(platform) === at) return [];
    const message = `must be named once: found ${show(platform)} again`;
    return [{ code: "CONFLICT", path: ["images", name, "platforms", at], message }];
  });
}

/** An image for a platform that its base lacks would be built from programs of another platform, or not at all. */
export function needIssues(images: readonly Image[]): Issue[] {
  return images.flatMap((image) =>
    Object.entries(image.needs).flatMap(([alias, need]): Issue[] => {
      const base = images.find(({ name }) => name === need);
      const lacking = base?.platforms.length ? image.platforms.filter((one) => !base.platforms.includes(one)) : [];
      if (!base || lacking.length === 0) return [];
      return [{
        code: "CONFLICT",
        path: ["images", image.name, "needs", alias],
        message: `must have the platforms of the image that needs it, ${show(image.platforms)}: found ${
          show(base.platforms)
        }`,
        hint: `add ${show(lacking)} to the platforms of images.${need}`,
      }];
    })
  );
}

/** An image that is built again gets another digest, which a fixed tag or a promise of the same bytes cannot have. */
function ageIssues(
  name: string,
  { maxAge, reproducible }: Pick<z.output<typeof imageSchema>, "maxAge" | "reproducible">,
  tags: readonly ImageTag[],
): Issue[] {
  if (maxAge === undefined) return [];
  const path = ["images", name, "maxAge"], fixed = tags.filter(({ moves }) => !moves).map((tag) => tag.name);
  return [
    ...(reproducible
      ? [{ code: "CONFLICT", path, message: "must not be set for a reproducible image: found both" } as const]
      : []),
    ...(fixed.length > 0
      ? [
        {
          code: "CONFLICT",
          path,
          message: `must not be set for an image with tags that never move: found ${show(fixed)}`,
          hint: "write them as { name, moves: true }",
        } as const,
      ]
      : []),
  ];
}

function tagIssues(name: string, tags: readonly ImageTag[]): Issue[] {
  const issues: Issue[] = [], path = ["images", name, "tags"];
  tags.forEach((tag, at) => {
    if (tags.findIndex((other) => other.name === tag.name) === at) return;
    issues.push({
      code: "CONFLICT",
      path: [...path, at],
      message: `must be named once: found ${show(tag.name)} again`,
    });
  });
  const moving = tags.filter((tag) => tag.moves).map((tag) => tag.name);
  if (moving.length > MAX_MOVING_TAGS) {
    issues.push({
      code: "INVALID_VALUE",
      path,
      message:
        `must have at most ${MAX_MOVING_TAGS} tags that move, as ECR allows ${MOST_FILTERS} exclusion filters and ` +
        `${MOVING.join(" and ")} are two of them: found ${show(moving)}`,
    });
  }
  return issues;
}

/** The images in build order: each after all that it needs, otherwise by name. A cycle is reported as an issue. */
export function inBuildOrder(images: readonly Image[], issues: Issue[]): readonly Image[] {
  const waiting = new Map(images.toSorted((a, b) => (a.name < b.name ? -1 : 1)).map((image) => [image.name, image]));
  const order: Image[] = [];
  while (waiting.size > 0) {
    const ready = [...waiting.values()].find((image) => !Object.values(image.needs).some((need) => waiting.has(need)));
    if (!ready) {
      issues.push(cycleIssue(waiting));
      return order;
    }
    waiting.delete(ready.name);
    order.push(ready);
  }
  return order;
}

function cycleIssue(waiting: ReadonlyMap<string, Image>): Issue {
  const walk: string[] = [];
  let at = [...waiting.keys()][0] ?? "";
  while (!walk.includes(at)) {
    walk.push(at);
    at = Object.values(waiting.get(at)?.needs ?? {}).find((need) => waiting.has(need)) ?? at;
  }
  const cycle = walk.slice(walk.indexOf(at)), name = cycle[0] ?? at, next = cycle[1] ?? name;
  const alias = Object.entries(waiting.get(name)?.needs ?? {}).find(([, need]) => need === next)?.[0];
  return {
    code: "CYCLE",
    path: ["images", name, "needs", ...(alias === undefined ? [] : [alias])],
    message: `must not form a cycle: found ${[...cycle, at].join(" → ")}`,
  };
}

/** Two images in one repository would overwrite each other's tags. */
export function repositoryIssues(images: readonly Image[]): Issue[] {
  return images.flatMap((image, at): Issue[] => {
    const other = images.slice(0, at).find((one) => one.repository === image.repository);
    return other
      ? [{
        code: "CONFLICT",
        path: ["images", image.name, "repository"],
        message: `must not be the repository of another image: found ${
          show(image.repository)
        }, which "${other.name}" has`,
      }]
      : [];
  });
}
