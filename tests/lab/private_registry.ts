/** Registries of tests on the lab's bridge, in front of its store: with certificates and passwords of their own. */
import assert from "node:assert/strict";
import { bridge, store } from "./layout.ts";

interface ServeOptions {
  readonly cert?: string;
  readonly key?: string;
  /** What a client must send: `<user>:<password>` in base64. Default: anybody may read. */
  readonly basic?: string;
}

interface Served extends AsyncDisposable {
  /** Paths that were asked for. */
  readonly asked: string[];
  /** How many requests had no login. */
  readonly refused: number;
}

/** The lab's busybox as `hub/tools/box`; tells what was asked of it. */
export function serveImages(port: number, { basic, ...tls }: ServeOptions = {}): Served {
  const asked: string[] = [];
  let refused = 0;
  const server = Deno.serve({
    hostname: bridge.address,
    port,
    onListen: () => {},
    ...tls as { cert: string; key: string },
  }, async (request) => {
    if (basic !== undefined && request.headers.get("authorization") !== `Basic ${basic}`) {
      refused++;
      return new Response("Unauthorized\n", { status: 401, headers: { "www-authenticate": 'Basic realm="lab"' } });
    }
    const { pathname } = new URL(request.url);
    asked.push(pathname);
    const path = pathname.replace(/^\/v2\/hub\/tools\/box\//, "/v2/docker.io/library/busybox/");
    const accept = request.headers.get("accept");
    const { status, headers, body } = await fetch(`${store}${path}`, {
      method: request.method,
      ...(accept && { headers: { accept } }),
    });
    return new Response(body, { status, headers });
  });
  return {
    asked,
    get refused() {
      return refused;
    },
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

/** A certificate for the bridge that no authority knows. */
export async function ownAuthority(): Promise<{ readonly cert: string; readonly key: string }> {
  const folder = await Deno.makeTempDir();
  const { success } = await new Deno.Command("openssl", {
    args: [
      ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"],
      ...["-subj", "/CN=mirror", "-addext", `subjectAltName=IP:${bridge.address}`],
      ...["-keyout", `${folder}/key.pem`, "-out", `${folder}/cert.pem`],
    ],
    stderr: "null",
  }).output();
  assert.ok(success, "openssl makes a certificate");
  const [cert, key] = await Promise.all(["cert", "key"].map((name) => Deno.readTextFile(`${folder}/${name}.pem`)));
  await Deno.remove(folder, { recursive: true });
  return { cert: cert!, key: key! };
}

/** Such registries have a private address: a field of the builder. */
export function reaching(port: number): string {
  return `network: { allow: [{ range: "${bridge.address}/32", ports: [${port}] }] }`;
}
