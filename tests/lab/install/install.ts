/** Everything that has to be on the machine before the lab can start; what is there already costs nothing. */
import { cache, run as paths } from "../layout.ts";
import { layoutDir, makeImages } from "../images/make.ts";
import { exists, remove } from "../shell.ts";
import { installPackages, missingPackages } from "./apt.ts";
import { buildGo, goBuildDir, goBuilds, isBuilt, moduleDir } from "./gobuild.ts";
import { installNode } from "./node.ts";
import { makeCertificates } from "./pki.ts";
import type { Progress } from "./progress.ts";
import { emulatorRequirements, installVenv, venvDir } from "./venv.ts";

export interface Installed {
  /** OCI layout with all images and charts. */
  readonly layout: string;
  readonly kubelab: string;
  readonly helm: string;
  readonly buildkit: string;
  readonly containerd: string;
  readonly runc: string;
  readonly netpol: string;
  readonly venv: string;
}

export async function install(progress: Progress): Promise<Installed> {
  await Deno.mkdir(cache.dir, { recursive: true });
  // Go builds take most of a cold start, and use the machine best one after the other
  const building = buildAll(progress);
  const rest = installRest(progress);
  // both run on when one fails: what they make is kept, and a second try finds it
  const [built, others] = await Promise.allSettled([building, rest]);
  if (built.status === "rejected") throw built.reason;
  if (others.status === "rejected") throw others.reason;
  const go = built.value;
  const inImages = ["buildkit", "helm", "karpenter", "buildkit-runc"].map((name) => dirOf(go, name));
  const layout = await layoutDir(inImages);
  if (!(await exists(layout))) {
    await progress.step("images and charts", async () => {
      await makeImages(layout, {
        buildkit: dirOf(go, "buildkit"),
        helm: dirOf(go, "helm"),
        karpenter: dirOf(go, "karpenter"),
        buildkitRunc: dirOf(go, "buildkit-runc"),
        buildkitSource: await moduleDir("buildkit", "github.com/moby/buildkit"),
        karpenterSource: await moduleDir("karpenter", "github.com/aws/karpenter-provider-aws"),
      });
    });
  }
  return {
    layout,
    kubelab: dirOf(go, "kubelab"),
    helm: dirOf(go, "helm"),
    buildkit: dirOf(go, "buildkit"),
    containerd: dirOf(go, "containerd"),
    runc: dirOf(go, "runc"),
    netpol: dirOf(go, "netpol"),
    venv: others.value,
  };
}

function dirOf(built: ReadonlyMap<string, string>, name: string): string {
  const dir = built.get(name);
  if (dir === undefined) throw new Error(`No Go build is named ${name}`);
  return dir;
}

async function buildAll(progress: Progress): Promise<Map<string, string>> {
  const dirs = new Map<string, string>();
  for (const build of goBuilds) {
    const dir = await goBuildDir(build);
    if (!(await isBuilt(dir))) {
      await progress.step(`build of ${build.name} ${build.version}`, () => buildGo(build, dir));
    }
    dirs.set(build.name, dir);
  }
  return dirs;
}

async function installRest(progress: Progress): Promise<string> {
  const missing = await missingPackages();
  if (missing.length > 0) {
    await progress.step(`packages (${missing.join(", ")})`, () => installPackages(missing));
  }
  await makeCertificates();
  const venv = await venvDir(emulatorRequirements);
  if (!(await exists(`${venv}/.complete`))) {
    await progress.step("Python environment", () => installVenv(venv, emulatorRequirements));
  }
  await installNode();
  return venv;
}

const kubernetesPrograms = [
  "etcd",
  "kube-apiserver",
  "kube-controller-manager",
  "kube-scheduler",
  "kubelet",
  "kube-proxy",
] as const;

/** Stable names for what lies in the cache under its keys. */
export async function linkPrograms(installed: Installed): Promise<void> {
  const links: [string, string][] = [
    [`${paths.bin}/kubectl`, `${installed.kubelab}/kubelab`],
    [`${paths.bin}/helm`, `${installed.helm}/helm`],
    ...kubernetesPrograms.map((name): [string, string] => [`${paths.libexec}/${name}`, `${installed.kubelab}/kubelab`]),
    ...["containerd", "containerd-shim-runc-v2", "ctr"].map((name): [string, string] => [
      `${paths.libexec}/${name}`,
      `${installed.containerd}/${name}`,
    ]),
    [`${paths.libexec}/runc`, `${installed.runc}/runc`],
    ...["buildkitd", "buildctl"].map((name): [string, string] => [
      `${paths.libexec}/${name}`,
      `${installed.buildkit}/${name}`,
    ]),
    [`${paths.libexec}/netpol`, `${installed.netpol}/netpol`],
    [paths.venv, installed.venv],
  ];
  for (const [link, target] of links) {
    if (await Deno.readLink(link).catch(() => undefined) === target) continue;
    await remove(link);
    await Deno.symlink(target, link);
  }
}
