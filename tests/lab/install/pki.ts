/**
 * The lab's certificate authority and the certificates it signs. The authority is made once and kept, as images carry
 * it; what it signs is made again when its names change or its end comes near.
 */
import { bridge, cache, pki, publicRegistries, regions, services } from "../layout.ts";
import { attempt, exists, keyOf, readIfThere, run } from "../shell.ts";

interface Leaf {
  readonly cert: string;
  readonly key: string;
  /** OpenSSL's form: `/O=group/CN=name`. */
  readonly subject: string;
  /** OpenSSL's form: `DNS:a,IP:b`; none for a client. */
  readonly names?: string;
}

const dns = (names: readonly string[]) => names.map((name) => `DNS:${name}`);

const apiServer: Leaf = {
  ...pki.apiServer,
  subject: "/CN=kube-apiserver",
  names: [
    `IP:127.0.0.1,IP:${bridge.address},IP:${services.kubernetes}`,
    ...dns([
      "localhost",
      "kubernetes",
      "kubernetes.default",
      "kubernetes.default.svc",
      "kubernetes.default.svc.cluster.local",
    ]),
  ].join(","),
};
const gateway: Leaf = {
  ...pki.gateway,
  subject: "/CN=unitune-lab-gateway",
  names: [
    `IP:127.0.0.1,IP:${bridge.address}`,
    ...dns(["localhost", ...publicRegistries, ...regions.map((region) => `*.dkr.ecr.${region}.amazonaws.com`)]),
  ].join(","),
};
/** With which the API server speaks to kubelets. */
export const kubeletClient = { cert: `${cache.pki}/kubelet-client.crt`, key: `${cache.pki}/kubelet-client.key` };

export async function makeCertificates(): Promise<void> {
  await Deno.mkdir(cache.pki, { recursive: true, mode: 0o700 });
  if (!(await exists(pki.ca.cert))) {
    await run("openssl", [
      ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "3650"],
      ...["-keyout", pki.ca.key, "-out", `${pki.ca.cert}.new`, "-subj", "/CN=unitune-lab"],
      ...["-addext", "keyUsage=critical,keyCertSign,cRLSign,digitalSignature"],
    ]);
    await Deno.rename(`${pki.ca.cert}.new`, pki.ca.cert);
  }
  if (!(await exists(pki.serviceAccountKey))) {
    await run("openssl", ["ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", pki.serviceAccountKey]);
  }
  for (
    const leaf of [apiServer, gateway, { ...kubeletClient, subject: "/O=system:masters/CN=kube-apiserver-kubelet" }]
  ) {
    await signLeaf(leaf);
  }
}

/** A certificate of a node's kubelet, by which the API server knows it as this node. */
export async function nodeCertificate(node: string, dir: string): Promise<{ cert: string; key: string }> {
  const leaf = { cert: `${dir}/kubelet-client.crt`, key: `${dir}/kubelet-client.key` };
  await signLeaf({ ...leaf, subject: `/O=system:nodes/CN=system:node:${node}` });
  return leaf;
}

async function signLeaf(leaf: Leaf): Promise<void> {
  const stamp = `${leaf.cert}.for`;
  const wanted = keyOf(leaf.subject, leaf.names ?? "", await Deno.readTextFile(pki.ca.cert));
  if ((await readIfThere(stamp)) === wanted) {
    const lasts = await attempt("openssl", ["x509", "-in", leaf.cert, "-noout", "-checkend", "604800"]);
    if (lasts.code === 0) return;
  }
  const request = `${leaf.cert}.csr`;
  const extensions = `${leaf.cert}.ext`;
  await run("openssl", [
    ...["req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"],
    ...["-keyout", leaf.key, "-out", request, "-subj", leaf.subject],
  ]);
  const usage = leaf.names === undefined ? "clientAuth" : "serverAuth";
  const lines = [`extendedKeyUsage=${usage}`, ...(leaf.names === undefined ? [] : [`subjectAltName=${leaf.names}`])];
  await Deno.writeTextFile(extensions, `${lines.join("\n")}\n`);
  await run("openssl", [
    ...["x509", "-req", "-in", request, "-CA", pki.ca.cert, "-CAkey", pki.ca.key, "-days", "800"],
    ...["-set_serial", `0x${crypto.randomUUID().replaceAll("-", "")}`, "-extfile", extensions, "-out", leaf.cert],
  ]);
  await Promise.all([Deno.remove(request), Deno.remove(extensions)]);
  await Deno.writeTextFile(stamp, wanted);
}
