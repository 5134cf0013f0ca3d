/** Fills the plain store from an OCI layout: content lies under `<registry host>/<repository>`. */
import { store } from "../layout.ts";
import { blobPath, type Manifest, manifestType, namesIn } from "./layout.ts";

export async function pushAll(dir: string): Promise<void> {
  for (const [name, digest] of await namesIn(dir)) {
    // a registry holds what it holds under its own digest alone
    if (name.includes("@")) continue;
    const at = name.lastIndexOf(":");
    await pushOne(dir, name.slice(0, at), name.slice(at + 1), digest);
  }
}

async function pushOne(dir: string, repository: string, tag: string, digest: string): Promise<void> {
  const base = `${store}/v2/${repository}`;
  const target = `${base}/manifests/${tag}`;
  const there = await fetch(target, { method: "HEAD", headers: { accept: manifestType } });
  if (there.headers.get("docker-content-digest") === digest) return;
  const bytes = await Deno.readFile(blobPath(dir, digest));
  const manifest = JSON.parse(new TextDecoder().decode(bytes)) as Manifest;
  for (const blob of [manifest.config, ...manifest.layers]) {
    const head = await fetch(`${base}/blobs/${blob.digest}`, { method: "HEAD" });
    if (head.ok) continue;
    const begun = await expect(await fetch(`${base}/blobs/uploads/`, { method: "POST" }), 202);
    const location = new URL(begun.response.headers.get("location") ?? "", base);
    location.searchParams.set("digest", blob.digest);
    const file = await Deno.open(blobPath(dir, blob.digest));
    await expect(await fetch(location, { method: "PUT", body: file.readable }), 201);
  }
  await expect(await fetch(target, { method: "PUT", body: bytes, headers: { "content-type": manifestType } }), 201);
}

/** Copies what a tag leads to within the store; both are `<registry host>/<repository>`. */
export async function copyContent(from: string, to: string, tag: string, as = tag): Promise<void> {
  const read = await fetch(`${store}/v2/${from}/manifests/${tag}`, { headers: { accept: manifestType } });
  const text = (await expect(read, 200)).said, { config, layers } = JSON.parse(text) as Manifest;
  for (const { digest } of [config, ...layers]) {
    const mount = `${store}/v2/${to}/blobs/uploads/?${new URLSearchParams({ mount: digest, from })}`;
    await expect(await fetch(mount, { method: "POST" }), 201);
  }
  const headers = { "content-type": manifestType };
  await expect(await fetch(`${store}/v2/${to}/manifests/${as}`, { method: "PUT", body: text, headers }), 201);
}

async function expect(response: Response, status: number): Promise<{ response: Response; said: string }> {
  const said = await response.text();
  if (response.status !== status) throw new Error(`${response.url} answered ${response.status}: ${said.slice(0, 300)}`);
  return { response, said };
}
