/** Debian packages of the lab: installed only when one of them is missing. */
import { attempt, run } from "../shell.ts";

const packages = [
  "ca-certificates",
  "docker-registry",
  "busybox-static",
  "containernetworking-plugins",
  "iptables",
  "iproute2",
  "conntrack",
  "socat",
  "uidmap",
  "libcap2-bin",
  "mmdebstrap",
  "dnsmasq-base",
  "openssl",
  "python3-venv",
  "gcc",
  "libc6-dev",
  "libseccomp-dev",
  "pkg-config",
  "tar",
  "gzip",
  "util-linux",
  // Completions are tried in the shells themselves.
  "bash-completion",
  "fish",
  "zsh",
] as const;

export async function missingPackages(): Promise<string[]> {
  const result = await attempt("dpkg-query", ["-W", "-f", "${Package} ${db:Status-Abbrev}\n", ...packages]);
  const there = new Set(
    result.stdout.split("\n").filter((line) => line.endsWith("ii ")).map((line) => line.split(" ")[0]),
  );
  return packages.filter((name) => !there.has(name));
}

export async function installPackages(missing: readonly string[]): Promise<void> {
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  await run("apt-get", ["update", "-q"], { env });
  // a service that a package would start is none of the lab's business, and would take its ports
  const policy = "/usr/sbin/policy-rc.d";
  const hadPolicy = await Deno.stat(policy).then(() => true, () => false);
  if (!hadPolicy) await Deno.writeTextFile(policy, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
  try {
    await run("apt-get", ["install", "-q", "-y", "--no-install-recommends", ...missing], { env });
  } finally {
    if (!hadPolicy) await Deno.remove(policy);
  }
}
