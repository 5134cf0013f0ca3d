/** What test files and the demo use of a lab that is up. */
import { gunzipSync, zstdDecompressSync } from "node:zlib";
import type { Emulator, EmulatorOptions } from "./aws/emulator.ts";
import { imageConfigType, manifestType } from "./images/layout.ts";
import { apiServer, emulatorUrl, nodes, ports, region, run as paths, store } from "./layout.ts";
import { startMarked } from "./neighbours.ts";
import { connect } from "./kubernetes/api.ts";
import { isUp } from "./kubernetes/process.ts";
import { attempt, exists, run, type RunResult } from "./shell.ts";

export { imageConfigType };

/** Fails with what to do when the lab is not up. */
export async function labReady(): Promise<void> {
  const needed = [
    "etcd",
    "kube-apiserver",
    "kube-controller-manager",
    "kube-scheduler",
    "kube-proxy",
    "registry",
    "dns",
  ];
  needed.push("gateway", "joiner", ...nodes.map((node) => `containerd-${node.name}`));
  const missing: string[] = [];
  for (const name of needed) if (!(await isUp(name))) missing.push(name);
  if (missing.length > 0) {
    throw new Error(`The lab is not up (${missing.join(", ")}): run "deno task lab:up" first`);
  }
  const api = await connect();
  try {
    const list = await api.get<{ items: unknown[] }>("/api/v1/nodes");
    if (!list || list.items.length < 2) throw new Error(`The lab's API server at ${apiServer} has no nodes`);
  } finally {
    api.close();
  }
}

/** An emulator of a test file's own: another account and port than anyone else's. */
export async function startEmulator(options: Omit<EmulatorOptions, "host" | "registry">): Promise<Emulator> {
  return await startMarked(options);
}

/** The environment with which a program talks to an emulator. */
export function emulatorEnv(port: number = ports.emulator, keyId = "test"): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: emulatorUrl(port),
    AWS_ACCESS_KEY_ID: keyId,
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_REGION: region,
    AWS_EC2_METADATA_DISABLED: "true",
  };
}

export const adminKubeconfig: string = paths.adminKubeconfig;
const kubectlEnv = { KUBECONFIG: adminKubeconfig };

/** kubectl as the admin; fails when it does. */
export async function kubectl(args: readonly string[], stdin?: string): Promise<string> {
  return await run(`${paths.bin}/kubectl`, args, { env: kubectlEnv, ...(stdin === undefined ? {} : { stdin }) });
}

/** kubectl as the admin, for answers that may be failures. */
export async function tryKubectl(args: readonly string[], stdin?: string): Promise<RunResult> {
  return await attempt(`${paths.bin}/kubectl`, args, { env: kubectlEnv, ...(stdin === undefined ? {} : { stdin }) });
}

interface Described {
  readonly digest: string;
  readonly mediaType: string;
  readonly manifest: {
    readonly config?: { readonly digest: string; readonly mediaType: string };
    readonly layers?: readonly { readonly digest: string; readonly mediaType: string }[];
    readonly manifests?: readonly { readonly digest: string; readonly platform?: { readonly architecture: string } }[];
    readonly annotations?: Readonly<Record<string, string>>;
  };
}

const manifestTypes = [
  manifestType,
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.docker.distribution.manifest.v2+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
];

/** A manifest straight from the store; `hostRepo` is `<registry host>/<repository>`, `ref` a tag or a digest. */
export async function registryManifest(hostRepo: string, ref: string): Promise<Described | undefined> {
  const headers = { accept: manifestTypes.join(", ") };
  const response = await fetch(`${store}/v2/${hostRepo}/manifests/${ref}`, { headers });
  const text = await response.text();
  if (response.status === 404) return undefined;
  if (!response.ok) throw new Error(`The store answered ${response.status} for ${hostRepo}:${ref}: ${text}`);
  const digest = response.headers.get("docker-content-digest") ?? "";
  return { digest, mediaType: response.headers.get("content-type") ?? "", manifest: JSON.parse(text) };
}

export async function registryBlob(hostRepo: string, digest: string): Promise<Uint8Array> {
  const response = await fetch(`${store}/v2/${hostRepo}/blobs/${digest}`);
  if (!response.ok) throw new Error(`The store answered ${response.status} for blob ${digest} of ${hostRepo}`);
  return new Uint8Array(await response.arrayBuffer());
}

/** Reads a file out of a pushed image, from the topmost layer that has it; undefined when none has or it was removed. */
export async function readFileFromImage(
  hostRepo: string,
  ref: string,
  path: string,
  architecture = "amd64",
): Promise<string | undefined> {
  let found = await registryManifest(hostRepo, ref);
  const child = found?.manifest.manifests?.find((item) => item.platform?.architecture === architecture);
  if (child) found = await registryManifest(hostRepo, child.digest);
  const name = path.replace(/^\.?\//, "");
  const whiteout = name.replace(/([^/]+)$/, ".wh.$1");
  for (const layer of [...(found?.manifest.layers ?? [])].reverse()) {
    const tar = unpacked(await registryBlob(hostRepo, layer.digest));
    const entries = (await tarRun(tar, ["--list"])).split("\n").map((entry) => entry.replace(/^\.\//, ""));
    if (entries.includes(name)) return await extract(tar, name);
    if (entries.includes(whiteout)) return undefined;
  }
  return undefined;
}

function unpacked(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return new Uint8Array(gunzipSync(bytes));
  if (bytes[0] === 0x28 && bytes[1] === 0xb5) return new Uint8Array(zstdDecompressSync(bytes));
  return new Uint8Array(bytes);
}

const tarRun = (tar: Uint8Array<ArrayBuffer>, args: readonly string[]) =>
  run("tar", [...args, "--file=-"], { stdin: tar });

async function extract(tar: Uint8Array<ArrayBuffer>, name: string): Promise<string> {
  const plain = await attempt("tar", ["--extract", "--to-stdout", "--file=-", name], { stdin: tar });
  if (plain.code === 0) return plain.stdout;
  return await tarRun(tar, ["--extract", "--to-stdout", `./${name}`]);
}

/** Name with tag → digest of every image and chart that the lab made. */
export async function imageDigests(): Promise<Record<string, string>> {
  if (!(await exists(paths.imageDigests))) throw new Error('The lab is not up: run "deno task lab:up" first');
  return JSON.parse(await Deno.readTextFile(paths.imageDigests)) as Record<string, string>;
}
