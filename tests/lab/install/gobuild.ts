/** Programs built from Go modules, cached by the content of the module and the flags that make them. */
import {
  buildkitRuncVersion,
  buildkitVersion,
  cache,
  containerdVersion,
  helmVersion,
  karpenterVersion,
  kubernetesVersion,
  networkPoliciesVersion,
  runcVersion,
  source,
} from "../layout.ts";
import { attempt, exists, keyOf, remove, run } from "../shell.ts";

export interface GoBuild {
  readonly name: string;
  readonly version: string;
  /** Folder of the module under tests/lab/go; none for a program installed by its own version. */
  readonly module?: string;
  readonly flags: readonly string[];
  /** Needs a C compiler and libraries. */
  readonly cgo?: boolean;
  readonly packages: readonly string[];
  /** Programs that must be there afterwards. */
  readonly programs: readonly string[];
}

const component = "k8s.io/component-base/version";
const [major, minor] = kubernetesVersion.split(".");
const moby = "github.com/moby/buildkit";
const containerd = "github.com/containerd/containerd/v2";

function runcBuild(name: string, version: string): GoBuild {
  const packages = [`github.com/opencontainers/runc@v${version}`];
  return { name, version, cgo: true, flags: ["-tags", "seccomp", "-ldflags", "-s -w"], packages, programs: ["runc"] };
}

export const goBuilds: readonly GoBuild[] = [
  {
    name: "buildkit",
    version: buildkitVersion,
    module: "buildkit",
    flags: [
      "-tags",
      "osusergo netgo static_build seccomp",
      "-ldflags",
      `-s -w -X ${moby}/version.Version=${buildkitVersion} -X ${moby}/version.Package=${moby}`,
    ],
    packages: [
      `${moby}/cmd/buildkitd`,
      `${moby}/cmd/buildctl`,
      "github.com/rootless-containers/rootlesskit/v3/cmd/rootlesskit",
    ],
    programs: ["buildkitd", "buildctl", "rootlesskit"],
  },
  {
    name: "containerd",
    version: containerdVersion,
    flags: [
      "-tags",
      "no_btrfs no_devmapper no_zfs",
      "-ldflags",
      `-s -w -X ${containerd}/version.Version=${containerdVersion}`,
    ],
    packages: ["containerd", "containerd-shim-runc-v2", "ctr"].map((name) =>
      `${containerd}/cmd/${name}@v${containerdVersion}`
    ),
    programs: ["containerd", "containerd-shim-runc-v2", "ctr"],
  },
  runcBuild("runc", runcVersion),
  runcBuild("buildkit-runc", buildkitRuncVersion),
  {
    name: "helm",
    version: helmVersion,
    flags: ["-ldflags", "-s -w"],
    packages: [`helm.sh/helm/v4/cmd/helm@v${helmVersion}`],
    programs: ["helm"],
  },
  {
    name: "karpenter",
    version: karpenterVersion,
    module: "karpenter",
    flags: ["-ldflags", `-s -w -X sigs.k8s.io/karpenter/pkg/operator.Version=${karpenterVersion}`],
    packages: ["github.com/aws/karpenter-provider-aws/cmd/controller"],
    programs: ["controller"],
  },
  {
    // Asks Karpenter's scheduler, by the catalogue of `tests/facts`.
    name: "scheduler",
    version: karpenterVersion,
    module: "scheduler",
    flags: ["-ldflags", "-s -w"],
    packages: ["."],
    programs: ["scheduler"],
  },
  {
    // Enforces NetworkPolicies.
    name: "netpol",
    version: networkPoliciesVersion,
    module: "netpol",
    flags: ["-ldflags", "-s -w"],
    packages: ["."],
    programs: ["netpol"],
  },
  {
    name: "kubelab",
    version: kubernetesVersion,
    module: "kubelab",
    flags: [
      "-ldflags",
      `-s -w -X ${component}.gitVersion=v${kubernetesVersion} -X ${component}.gitMajor=${major}` +
      ` -X ${component}.gitMinor=${minor} -X k8s.io/client-go/pkg/version.gitVersion=v${kubernetesVersion}`,
    ],
    packages: ["."],
    programs: ["kubelab"],
  },
];

const modules = `${source}/go`;
// go.mod of Karpenter may ask for a newer Go than the machine's, which the module proxy serves
const environment = { CGO_ENABLED: "0", GOTOOLCHAIN: "auto" };
const environmentOf = (build: GoBuild) => ({ ...environment, ...(build.cgo && { CGO_ENABLED: "1" }) });

/** Where the build's programs are or will be. */
export async function goBuildDir(build: GoBuild): Promise<string> {
  const parts = [build.version, ...build.flags, ...build.packages];
  if (build.module) {
    const dir = `${modules}/${build.module}`;
    const names = Array.from(Deno.readDirSync(dir), (entry) => entry.name).filter((name) =>
      /\.(go|mod|sum)$/.test(name)
    );
    for (const name of names.sort()) parts.push(name, await Deno.readTextFile(`${dir}/${name}`));
  }
  return `${cache.go}/${build.name}-${build.version.replace(/^v/, "")}-${keyOf(...parts)}`;
}

export async function isBuilt(dir: string): Promise<boolean> {
  return await exists(`${dir}/.complete`);
}

export async function buildGo(build: GoBuild, dir: string): Promise<void> {
  const fresh = `${dir}.new`;
  await remove(fresh);
  await Deno.mkdir(fresh, { recursive: true });
  if (build.module) {
    const cwd = `${modules}/${build.module}`;
    await run("go", ["build", "-trimpath", "-buildvcs=false", ...build.flags, "-o", `${fresh}/`, ...build.packages], {
      cwd,
      env: environmentOf(build),
    });
  } else {
    const env = { ...environmentOf(build), GOBIN: fresh };
    await run("go", ["install", "-trimpath", ...build.flags, ...build.packages], { cwd: fresh, env });
  }
  for (const program of build.programs) {
    if (!(await exists(`${fresh}/${program}`))) throw new Error(`Go build of ${build.name} made no ${program}`);
  }
  await Deno.writeTextFile(`${fresh}/.complete`, "");
  await remove(dir);
  await Deno.rename(fresh, dir);
}

/** Folder of a module's sources in Go's module cache (fetched when it is not there). */
export async function moduleDir(module: string, path: string): Promise<string> {
  const cwd = `${modules}/${module}`;
  // exits 1 when some other module of the graph wants a newer Go; the one asked for is there all the same
  await attempt("go", ["mod", "download", path], { cwd, env: environment });
  return (await run("go", ["list", "-m", "-f", "{{.Dir}}", path], { cwd, env: environment })).trim();
}
