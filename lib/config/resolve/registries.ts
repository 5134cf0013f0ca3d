/** How builds reach registries and log in to them: turns what the user wrote into `Registry`s, with their certificates. */
import { entryOf } from "../../core/tables.ts";
import { Buffer } from "node:buffer";
import type { BuilderIn } from "../schema/config.ts";
import { partitionOf } from "../../core/names.ts";
import { ecrRegistry } from "../../core/registries.ts";
import { type Issue, show } from "../issues.ts";
import type { Registry, RegistryAuth } from "../types.ts";
import { sourceOf } from "./secret_sources.ts";

/** `cas`: the certificates that could be read, by registry. */
export function registriesOf(
  input: BuilderIn["registries"],
  cas: Readonly<Record<string, string>>,
  issues: Issue[],
): readonly Registry[] {
  const registries = Object.entries(input ?? {}).sort(([a], [b]) => (a < b ? -1 : 1)).map(([host, value]) => {
    const { mirror = null, plainHttp = false, ca, auth } = value, path = ["builder", "registries", host];
    if (mirror === null && !plainHttp && ca === undefined && auth === undefined) {
      const message = "must have mirror, plainHttp: true, ca or auth: found none of them";
      issues.push({ code: "CONFLICT", path, message });
    }
    if (plainHttp && ca !== undefined) {
      const message = "must be left out, as plain HTTP uses no certificates";
      issues.push({ code: "CONFLICT", path: [...path, "ca"], message });
    }
    return {
      host,
      mirror,
      plainHttp,
      ca: ca === undefined ? null : entryOf(cas, host) ?? "",
      auth: auth === undefined ? null : authOf(auth, { host, isPlain: plainHttp && mirror === null }, issues),
    };
  });
  issues.push(...serverIssues(registries));
  return registries;
}

type AuthIn = NonNullable<NonNullable<BuilderIn["registries"]>[string]["auth"]>;

function authOf(
  { username, password }: AuthIn,
  { host, isPlain }: { readonly host: string; readonly isPlain: boolean },
  issues: Issue[],
): RegistryAuth | null {
  const path = ["builder", "registries", host, "auth"];
  if (isPlain) {
    const message = "must be left out with plainHttp: true, as anybody on the way could read the password";
    issues.push({ code: "CONFLICT", path, message });
  }
  const ecr = ecrRegistry(host);
  if (ecr) {
    const arn = `arn:${partitionOf(ecr.region)}:ecr:${ecr.region}:${ecr.account}:repository/<name>`;
    issues.push({
      code: "CONFLICT",
      path,
      message: "must be left out for a registry of ECR, to which builds log in by themselves",
      hint: `write builder: { pull: ["${arn}"] }`,
    });
  }
  const source = sourceOf(password, [...path, "password"], issues);
  return source && { username, password: source };
}

/** BuildKit has one setting per server, however many registries the server mirrors. */
function serverIssues(registries: readonly Registry[]): Issue[] {
  const serverOf = ({ host, mirror }: Registry) => mirror?.split("/")[0] ?? host;
  // A login alone says nothing about the server.
  const set = registries.filter(({ mirror, plainHttp, ca }) => mirror !== null || plainHttp || ca !== null);
  return set.flatMap((registry, at): Issue[] => {
    const server = serverOf(registry), other = set.slice(0, at).find((one) => serverOf(one) === server);
    if (!other || (other.plainHttp === registry.plainHttp && other.ca === registry.ca)) return [];
    return [{
      code: "CONFLICT",
      path: ["builder", "registries", registry.host],
      message: `must have the same plainHttp and ca as ${show(other.host)}, which uses ${server} too`,
    }];
  });
}

const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----\s*([A-Za-z0-9+/=\s]*?)\s*-----END \1-----/g;

/** Only the certificates of a PEM file, as they end up in a ConfigMap; `null` if the file contains anything else. */
export function certificatesOf(text: string): string | null {
  const blocks = [...text.matchAll(BLOCK)];
  const right = blocks.every(([, label, body = ""]) => {
    // DER starts with a sequence.
    return label === "CERTIFICATE" && Buffer.from(body, "base64")[0] === 0x30;
  });
  if (blocks.length === 0 || !right || /PRIVATE KEY/.test(text)) return null;
  return blocks.map(([, label, body = ""]) => {
    const lines = body.replaceAll(/\s/g, "").match(/.{1,64}/g) ?? [];
    return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ""].join("\n");
  }).join("");
}
