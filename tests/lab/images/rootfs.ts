/** Debian trees for the images that need glibc and programs, made by mmdebstrap and kept. */
import { cache } from "../layout.ts";
import { exists, keyOf, remove, run } from "../shell.ts";

const leaveOut = [
  "/usr/share/doc/*",
  "/usr/share/man/*",
  "/usr/share/locale/*",
  "/usr/share/info/*",
  "/usr/share/lintian/*",
];

export async function debianTree(name: string, packages: readonly string[]): Promise<string> {
  const options = [
    "--variant=minbase",
    "--mode=root",
    `--include=${packages.join(",")}`,
    ...leaveOut.map((path) => `--dpkgopt=path-exclude=${path}`),
  ];
  const dir = `${cache.images}/trees/${name}-${keyOf(...options)}`;
  if (await exists(dir)) return dir;
  const fresh = `${dir}.new`;
  await remove(fresh);
  await Deno.mkdir(fresh, { recursive: true });
  await Deno.chmod(fresh, 0o755);
  const codename = /^VERSION_CODENAME=(\w+)/m.exec(await Deno.readTextFile("/etc/os-release"))?.[1] ?? "stable";
  await run("mmdebstrap", [...options, "--format=directory", codename, fresh, ...(await mirror(codename))], {
    env: { SOURCE_DATE_EPOCH: "0" },
  });
  // what differs from run to run and has no use in an image
  for (const path of ["var/cache/apt", "var/lib/apt/lists", "var/log", "dev", "run", "tmp"]) {
    await remove(`${fresh}/${path}`);
    await Deno.mkdir(`${fresh}/${path}`, { recursive: true, mode: 0o755 });
  }
  await Deno.chmod(`${fresh}/tmp`, 0o1777);
  await remove(`${fresh}/var/cache/ldconfig/aux-cache`);
  for (const path of ["etc/resolv.conf", "etc/hostname", "etc/machine-id"]) await remove(`${fresh}/${path}`);
  await Deno.rename(fresh, dir);
  return dir;
}

/** The mirror that this machine's apt uses, so that images come from where its packages come from. */
async function mirror(codename: string): Promise<string[]> {
  const text = await run("apt-get", ["indextargets", "--format", "$(REPO_URI) $(RELEASE) $(COMPONENT) $(CREATED_BY)"]);
  const line = text.split("\n").map((row) => row.split(" "))
    .find((row) => row[1] === codename && row[2] === "main" && row[3] === "Packages");
  return line?.[0] ? [line[0]] : [];
}
