/** Authorities and a server's certificate, made anew by OpenSSL: no key lies in the repository. */
import assert from "node:assert/strict";

export interface Certificates {
  /** PEM of the authority that signed the server's certificate. */
  readonly authority: string;
  /** PEM of one that signed nothing. */
  readonly otherAuthority: string;
  /** For localhost and 127.0.0.1. */
  readonly server: { readonly cert: string; readonly key: string };
}

export async function makeCertificates(): Promise<Certificates> {
  const folder = await Deno.makeTempDir();
  const read = (name: string) => Deno.readTextFile(`${folder}/${name}`);
  const key = (name: string) => `-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ${name}.key`.split(" ");
  const openssl = async (...args: string[]) => {
    const { success, stderr } = await new Deno.Command("openssl", { args, cwd: folder }).output();
    assert.ok(success, new TextDecoder().decode(stderr));
  };
  try {
    for (const name of ["one", "two"]) {
      const usage = "keyUsage=critical,keyCertSign,cRLSign";
      await openssl(
        "req",
        "-x509",
        ...key(name),
        "-days",
        "2",
        "-out",
        `${name}.crt`,
        "-subj",
        `/CN=${name}`,
        "-addext",
        usage,
      );
    }
    await Deno.writeTextFile(
      `${folder}/names`,
      "subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth\n",
    );
    await openssl("req", ...key("server"), "-out", "server.csr", "-subj", "/CN=localhost");
    const signed = ["-CA", "one.crt", "-CAkey", "one.key", "-CAcreateserial", "-days", "2", "-extfile", "names"];
    await openssl("x509", "-req", "-in", "server.csr", ...signed, "-out", "server.crt");
    return {
      authority: await read("one.crt"),
      otherAuthority: await read("two.crt"),
      server: { cert: await read("server.crt"), key: await read("server.key") },
    };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
