/** What the tests of the emulator and of the gateway share: a registry of their own, and small OCI images. */
import { createHash } from "node:crypto";

export interface Store {
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts Debian's docker-registry on loopback over a temporary folder. */
export async function startStore(port: number): Promise<Store> {
  const folder = await Deno.makeTempDir({ prefix: "unitune-store-" });
  await Deno.writeTextFile(
    `${folder}/config.json`,
    JSON.stringify({
      version: "0.1",
      log: { level: "error" },
      storage: { filesystem: { rootdirectory: `${folder}/data` }, delete: { enabled: true } },
      http: { addr: `127.0.0.1:${port}` },
    }),
  );
  const child = new Deno.Command("docker-registry", {
    args: ["serve", `${folder}/config.json`],
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  const url = `http://127.0.0.1:${port}`;
  const stop = async () => {
    child.kill("SIGTERM");
    await child.status;
    await Deno.remove(folder, { recursive: true });
  };
  try {
    for (let tries = 0; !(await answers(`${url}/v2/`)); tries++) {
      if (tries > 200) throw new Error(`docker-registry does not answer at ${url}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, stop };
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url);
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}

export const digestOf = (bytes: Uint8Array | string): string =>
  "sha256:" + createHash("sha256").update(bytes).digest("hex");

export const MANIFEST = "application/vnd.oci.image.manifest.v1+json";
export const INDEX = "application/vnd.oci.image.index.v1+json";

export interface TinyImage {
  readonly manifest: string;
  readonly digest: string;
  readonly blobs: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
}

/** An image of one layer with this text; other text, another digest. */
export function tinyImage(text: string): TinyImage {
  const layer = new TextEncoder().encode(text);
  const config = new TextEncoder().encode(JSON.stringify({ architecture: "amd64", os: "linux", author: text }));
  const descriptor = (mediaType: string, bytes: Uint8Array) => ({
    mediaType,
    digest: digestOf(bytes),
    size: bytes.length,
  });
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: MANIFEST,
    config: descriptor("application/vnd.oci.image.config.v1+json", config),
    layers: [descriptor("application/vnd.oci.image.layer.v1.tar", layer)],
  });
  const blobs = new Map([[digestOf(config), config], [digestOf(layer), layer]]);
  return { manifest, digest: digestOf(manifest), blobs };
}

/** An index over images. */
export function indexOf(images: readonly TinyImage[]): string {
  const manifests = images.map((image) => ({ mediaType: MANIFEST, digest: image.digest, size: image.manifest.length }));
  return JSON.stringify({ schemaVersion: 2, mediaType: INDEX, manifests });
}

/** How a client of a registry sends: to a URL, or straight to a handler. */
export type Send = (request: Request) => Promise<Response>;

/** Pushes as a client does: start an upload, send the blob in a PATCH, finish, then the manifest. */
export async function push(
  send: Send,
  repository: string,
  image: TinyImage,
  reference: string,
  headers: Record<string, string> = {},
): Promise<Response> {
  for (const [digest, bytes] of image.blobs) {
    const started = await send(
      new Request(`${repository}/blobs/uploads/?mount=${digest}&from=other`, { method: "POST", headers }),
    );
    if (started.status !== 202) return started;
    await started.body?.cancel();
    const patched = await send(
      new Request(started.headers.get("location")!, { method: "PATCH", headers, body: bytes }),
    );
    if (patched.status !== 202) return patched;
    await patched.body?.cancel();
    const last = new URL(patched.headers.get("location")!);
    last.searchParams.set("digest", digest);
    const finished = await send(new Request(last, { method: "PUT", headers }));
    if (finished.status !== 201) return finished;
    await finished.body?.cancel();
  }
  return await send(
    new Request(`${repository}/manifests/${reference}`, {
      method: "PUT",
      headers: { ...headers, "content-type": MANIFEST },
      body: image.manifest,
    }),
  );
}

/** An error's name, as the AWS SDK gives it. */
export async function nameOfError(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
    return "no error";
  } catch (error) {
    return (error as Error).name;
  }
}
