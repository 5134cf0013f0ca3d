/**
 * Digests of what unitune itself runs in a cluster, by reference, so that a moved tag changes nothing. Each is the
 * digest of the index of all platforms. No registry was asked: at least three public repositories pinned exactly this
 * reference in September and October 2026 (Node.js on Docker Hub, which ECR Public mirrors byte for byte). `deno task
 * pin:images` asks the registries for all digests and rewrites this file. A reference without a digest here is pulled
 * by its exact version; Karpenter's controller is pulled by the digest in its chart.
 */
export const DIGESTS: Readonly<Record<string, string>> = {
  "docker.io/alpine/helm:4.3.0": "sha256:a6cf54599ccb99d90cf0712b30f03fdb3cab062e6b94e0418cc4db7e8a1464b2",
  "docker.io/docker/buildkit-syft-scanner:1.11.0":
    "sha256:79e7b013cbec16bbb436f312819a49a4a57752b2270c1a9332ae1a10fcc82a68",
  "public.ecr.aws/docker/library/node:24.18.0-slim":
    "sha256:6f7b03f7c2c8e2e784dcf9295400527b9b1270fd37b7e9a7285cf83b6951452d",
};
