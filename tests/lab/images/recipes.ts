/** What is in each image: the lab's own builds of what the real registries hold under these names. */
import { DIGESTS } from "../../../lib/core/facts/digests.ts";
import { buildkitVersion, helmVersion, karpenterVersion, pki } from "../layout.ts";
import { nodeBinary, nodeVersion } from "../install/node.ts";
import { run } from "../shell.ts";
import { debianTree } from "./rootfs.ts";

export interface Ingredients {
  readonly buildkit: string;
  readonly helm: string;
  readonly karpenter: string;
  readonly buildkitRunc: string;
  /** Folder of BuildKit's Go module, which holds its shell scripts. */
  readonly buildkitSource: string;
}
export interface Part {
  readonly dir: string;
  readonly owner?: number;
}
export interface ImageRecipe {
  readonly names: readonly string[];
  readonly parts: readonly Part[];
  readonly config: {
    readonly Entrypoint?: readonly string[];
    readonly Cmd?: readonly string[];
    readonly Env?: readonly string[];
    readonly User?: string;
    readonly WorkingDir?: string;
  };
}

const bundlePath = "etc/ssl/certs/ca-certificates.crt";
const path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
const rootOnly = { passwd: "root:x:0:0:root:/root:/bin/sh\n", group: "root:x:0:\n" };

/** Makes the folder trees below `work` and says how images are put together from them. */
export async function prepare(work: string, from: Ingredients): Promise<readonly ImageRecipe[]> {
  const slim = await debianTree("slim", ["ca-certificates", "libstdc++6", "libatomic1"]);
  const bundle = await Deno.readTextFile(`${slim}/${bundlePath}`) + await Deno.readTextFile(pki.ca.cert);
  const tree = (name: string) => new Tree(`${work}/${name}`, bundle);
  const recipes = [
    await pause(tree("pause")),
    await busybox(tree("busybox")),
    ...await buildkit(tree("buildkit"), tree("buildkit-home"), from),
    await node(tree("node"), slim),
    await python(tree("python")),
    await helm(tree("helm"), tree("busybox"), from),
    await karpenter(tree("karpenter"), from),
  ];
  return recipes.map((recipe) => ({ ...recipe, names: recipe.names.flatMap(pinned) }));
}

/** Where unitune runs the real image by its digest, a node finds the lab's own by the same name. */
function pinned(name: string): string[] {
  const digest = DIGESTS[name];
  return digest === undefined ? [name] : [name, `${name.slice(0, name.lastIndexOf(":"))}@${digest}`];
}

/** A folder tree in the making. */
class Tree {
  readonly dir: string;
  readonly #bundle: string;
  constructor(dir: string, bundle: string) {
    this.dir = dir;
    this.#bundle = bundle;
  }
  async folder(path: string, mode = 0o755): Promise<void> {
    await Deno.mkdir(`${this.dir}/${path}`, { recursive: true });
    await Deno.chmod(`${this.dir}/${path}`, mode);
  }
  async text(path: string, text: string, mode = 0o644): Promise<void> {
    await this.folder(path.slice(0, Math.max(0, path.lastIndexOf("/"))));
    await Deno.writeTextFile(`${this.dir}/${path}`, text);
    await Deno.chmod(`${this.dir}/${path}`, mode);
  }
  async program(from: string, path: string): Promise<void> {
    await this.folder(path.slice(0, Math.max(0, path.lastIndexOf("/"))));
    await Deno.copyFile(from, `${this.dir}/${path}`);
    await Deno.chmod(`${this.dir}/${path}`, 0o755);
  }
  /** The public authorities and the lab's, where OpenSSL and Go look for them. */
  async trust(): Promise<void> {
    await this.text(bundlePath, this.#bundle);
  }
}

async function pause(tree: Tree): Promise<ImageRecipe> {
  await tree.folder("");
  await run("gcc", ["-static", "-Os", "-s", "-o", `${tree.dir}/pause`, new URL("pause.c", import.meta.url).pathname]);
  return {
    names: ["registry.k8s.io/pause:3.10"],
    parts: [tree],
    config: { Entrypoint: ["/pause"], User: "65535:65535" },
  };
}

async function busybox(tree: Tree): Promise<ImageRecipe> {
  await tree.program("/bin/busybox", "bin/busybox");
  for (const applet of (await run("/bin/busybox", ["--list"])).split("\n")) {
    if (applet && applet !== "busybox") await Deno.symlink("busybox", `${tree.dir}/bin/${applet}`);
  }
  await tree.folder("tmp", 0o1777);
  await tree.folder("root", 0o700);
  await tree.text("etc/passwd", rootOnly.passwd);
  await tree.text("etc/group", rootOnly.group);
  const names = ["1.35", "latest"].map((tag) => `docker.io/library/busybox:${tag}`);
  return { names, parts: [tree], config: { Cmd: ["sh"], Env: [path] } };
}

async function buildkit(tree: Tree, home: Tree, from: Ingredients): Promise<ImageRecipe[]> {
  const debian = await debianTree("buildkit", ["ca-certificates", "git", "libseccomp2", "uidmap", "curl"]);
  // Debian's newuidmap is setuid root, which needs CAP_SYS_ADMIN that a pod has not; file capabilities do instead
  for (const [program, capability] of [["newuidmap", "cap_setuid=ep"], ["newgidmap", "cap_setgid=ep"]] as const) {
    await Deno.chmod(`${debian}/usr/bin/${program}`, 0o755);
    await run("setcap", [capability, `${debian}/usr/bin/${program}`]);
  }
  for (const program of ["buildkitd", "buildctl", "rootlesskit"]) {
    await tree.program(`${from.buildkit}/${program}`, `usr/bin/${program}`);
  }
  await tree.program(`${from.buildkitRunc}/runc`, "usr/bin/buildkit-runc");
  for (
    const script of [
      "examples/buildctl-daemonless/buildctl-daemonless.sh",
      "hack/buildkitd-entrypoint",
      "hack/with-cgroupfs-remount",
    ]
  ) {
    await tree.program(`${from.buildkitSource}/${script}`, `usr/bin/${script.split("/").at(-1)}`);
  }
  await tree.text(
    "etc/passwd",
    `${await Deno.readTextFile(`${debian}/etc/passwd`)}user:x:1000:1000::/home/user:/bin/sh\n`,
  );
  await tree.text("etc/group", `${await Deno.readTextFile(`${debian}/etc/group`)}user:x:1000:\n`);
  for (const file of ["etc/subuid", "etc/subgid"]) await tree.text(file, "user:100000:65536\n");
  await tree.trust();
  await tree.folder("etc/buildkit");
  for (const dir of ["home/user/.local/share/buildkit", "home/user/.local/tmp", "home/user/.config/buildkit"]) {
    await home.folder(dir);
  }
  await home.folder("run/user/1000", 0o700);
  const parts = [{ dir: debian }, tree];
  const owned = await splitOwned(home);
  return [
    {
      names: [`docker.io/moby/buildkit:${buildkitVersion}`],
      parts,
      config: { Entrypoint: ["buildkitd-entrypoint"], Env: [path] },
    },
    {
      names: [`docker.io/moby/buildkit:${buildkitVersion}-rootless`],
      parts: [...parts, ...owned],
      config: {
        Entrypoint: ["rootlesskit", "buildkitd"],
        User: "1000:1000",
        Env: [
          path,
          "HOME=/home/user",
          "USER=user",
          "XDG_RUNTIME_DIR=/run/user/1000",
          "TMPDIR=/home/user/.local/tmp",
          "BUILDKIT_HOST=unix:///run/user/1000/buildkit/buildkitd.sock",
        ],
      },
    },
  ];
}

/** The user's folders, without handing /home and /run themselves to the user: a layer of root's parents below. */
async function splitOwned(home: Tree): Promise<Part[]> {
  const parents = `${home.dir}-parents`;
  for (const dir of ["home", "run/user"]) {
    await Deno.mkdir(`${parents}/${dir}`, { recursive: true });
  }
  return [{ dir: home.dir, owner: 1000 }, { dir: parents }];
}

async function node(tree: Tree, slim: string): Promise<ImageRecipe> {
  await tree.program(nodeBinary, "usr/local/bin/node");
  await tree.text(
    "etc/passwd",
    `${await Deno.readTextFile(`${slim}/etc/passwd`)}node:x:1000:1000::/home/node:/bin/bash\n`,
  );
  await tree.text("etc/group", `${await Deno.readTextFile(`${slim}/etc/group`)}node:x:1000:\n`);
  await tree.folder("home/node", 0o777);
  await tree.trust();
  return {
    names: [`public.ecr.aws/docker/library/node:${nodeVersion}-slim`],
    parts: [{ dir: slim }, tree],
    config: { Cmd: ["node"], Env: [path, `NODE_VERSION=${nodeVersion}`] },
  };
}

/** What builds of tests start from: Debian's Python with pip, and make. */
async function python(tree: Tree): Promise<ImageRecipe> {
  const debian = await debianTree("python", ["ca-certificates", "python3", "python3-pip", "make"]);
  await tree.trust();
  return {
    names: ["docker.io/library/python:3-slim"],
    parts: [{ dir: debian }, tree],
    config: { Cmd: ["python3"], Env: [path, "PIP_BREAK_SYSTEM_PACKAGES=1"] },
  };
}

async function helm(tree: Tree, shell: Tree, from: Ingredients): Promise<ImageRecipe> {
  await tree.program(`${from.helm}/helm`, "usr/bin/helm");
  await tree.folder("apps");
  await tree.trust();
  return {
    names: [`docker.io/alpine/helm:${helmVersion}`],
    parts: [shell, tree],
    config: { Entrypoint: ["helm"], Env: [path], WorkingDir: "/apps" },
  };
}

async function karpenter(tree: Tree, from: Ingredients): Promise<ImageRecipe> {
  await tree.program(`${from.karpenter}/controller`, "ko-app/controller");
  await tree.folder("tmp", 0o1777);
  await tree.trust();
  return {
    names: [`public.ecr.aws/karpenter/controller:${karpenterVersion}`],
    parts: [tree],
    config: { Entrypoint: ["/ko-app/controller"], User: "65532:65532", Env: [path] },
  };
}
