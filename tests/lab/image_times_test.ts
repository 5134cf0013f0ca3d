/** Timestamps and permissions in real images: Python, zip and make behave as in an image of `docker build`. */
import assert from "node:assert/strict";
import { run as paths } from "./layout.ts";
import { type Builds, latin1, NAME, startBuilds } from "./builds.ts";
import { attempt, run, waitFor } from "./shell.ts";
import { readFileFromImage, registryBlob, registryManifest } from "./lab.ts";
import { contextTime } from "../../lib/images/context.ts";
import { readContext } from "../../lib/adapters/context/mod.ts";
import { plant, type Tree } from "../images/tree.ts";

const PYTHON = "FROM docker.io/library/python:3-slim";
let builds: Builds;

Deno.test.beforeAll(async () => {
  builds = await startBuilds({ account: "210000000038", port: 4668 });
});

Deno.test.afterAll(() => builds?.stop());

/** Writes how many `.pyc` files below a folder belong to their sources, and how many there are. */
const CHECK = `import glob, importlib.util, os, struct, sys
valid = every = 0
for pyc in glob.glob(sys.argv[1] + "/**/*.pyc", recursive=True):
    with open(pyc, "rb") as file:
        flags, time, size = struct.unpack("<4xIII", file.read(16))
    source = os.stat(importlib.util.source_from_cache(pyc))
    every += 1
    valid += flags != 0 or (time, size) == (int(source.st_mtime), source.st_size)
print(valid, every)
`;

/** A wheel is a zip: making one of files that were copied is a test of its own. */
const WHEEL = `import shutil
shutil.make_archive("/work/demo-1-py3-none-any", "zip", "/work/src")
shutil.move("/work/demo-1-py3-none-any.zip", "/work/demo-1-py3-none-any.whl")
`;

function wheelTree(folder: string): Tree {
  const modules = Array.from({ length: 40 }, (_, at) => [`${folder}/src/demo/m${at}.py`, `VALUE = ${at}\n`]);
  return {
    ...Object.fromEntries(modules),
    [`${folder}/src/demo/__init__.py`]: "",
    [`${folder}/src/demo-1.dist-info/METADATA`]: "Metadata-Version: 2.1\nName: demo\nVersion: 1\n",
    [`${folder}/src/demo-1.dist-info/WHEEL`]: "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    [`${folder}/src/demo-1.dist-info/RECORD`]: "",
    [`${folder}/wheel.py`]: WHEEL,
    [`${folder}/check.py`]: CHECK,
  };
}

const INSTALL = [
  "COPY . /work/",
  "RUN python3 /work/wheel.py",
  "RUN python3 -m pip install --no-index --target /site /work/demo-1-py3-none-any.whl",
];

Deno.test("what pip compiled stays valid in the image, and a zip is made of files that were copied", async () => {
  const tree = {
    ...wheelTree("app"),
    "app/Dockerfile": [PYTHON, ...INSTALL].join("\n"),
    "top/Dockerfile": "FROM app\nRUN python3 /work/check.py /site > /checked\n",
  };
  await using project = await builds.project(
    `images: (() => {
      const app = image({ context: "./app", resources });
      return { app, top: image({ context: "./top", resources, needs: { app } }) };
    })()`,
    tree,
  );
  const { top } = await project.build();
  assert.equal(await readFileFromImage(`${builds.registry}/${NAME}/top`, top!.digest!, "checked"), "41 41\n");
});

Deno.test("in a child image a changed file of the same size is what runs, not what was compiled before", async () => {
  const tree = {
    "below/app/mod.py": "VALUE = 1\n",
    "below/Dockerfile": `${PYTHON}\nCOPY app /app\nRUN python3 -m compileall /app\n`,
    "top/app/mod.py": "VALUE = 2\n",
    "top/Dockerfile": "FROM below\nCOPY app /app\nRUN cd /app && python3 -c 'import mod; print(mod.VALUE)' > /value\n",
  };
  await using project = await builds.project(
    `images: (() => {
      const below = image({ context: "./below", resources });
      return { below, top: image({ context: "./top", resources, needs: { below } }) };
    })()`,
    tree,
  );
  const { top } = await project.build();
  assert.equal(await readFileFromImage(`${builds.registry}/${NAME}/top`, top!.digest!, "value"), "2\n");
});

/** As automake writes it: generated files are checked in, and each has a rule that remakes it from its source. */
const MAKEFILE = `all: Makefile.in config.h.in prog
prog: prog.c
\tcp prog.c prog && echo prog >> /made
aclocal.m4: configure.ac
\techo aclocal >> /made && touch aclocal.m4
configure: configure.ac aclocal.m4
\techo autoconf >> /made && touch configure
Makefile.in: Makefile.am configure.ac aclocal.m4
\techo automake >> /made && touch Makefile.in
config.h.in: configure
\techo autoheader >> /made && touch config.h.in
`;

Deno.test("make makes what is missing and nothing twice; an autotools tree regenerates nothing", async () => {
  const generated = ["configure.ac", "aclocal.m4", "configure", "Makefile.am", "Makefile.in", "config.h.in", "prog.c"];
  const tree = {
    ...Object.fromEntries(generated.map((name) => [`tools/${name}`, `${name}\n`])),
    "tools/Makefile": MAKEFILE,
    "tools/Dockerfile": `${PYTHON}\nCOPY . /src/\nRUN make -C /src\nRUN make -C /src\n`,
    "top/Dockerfile": "FROM tools\nRUN make -C /src\n",
  };
  await using project = await builds.project(
    `images: (() => {
      const tools = image({ context: "./tools", resources });
      return { tools, top: image({ context: "./top", resources, needs: { tools } }) };
    })()`,
    tree,
  );
  const { tools, top } = await project.build();
  assert.equal(await readFileFromImage(`${builds.registry}/${NAME}/tools`, tools!.digest!, "made"), "prog\n");
  assert.equal(await readFileFromImage(`${builds.registry}/${NAME}/top`, top!.digest!, "made"), "prog\n");
});

Deno.test("a reproducible image has the same digest after a rebuild, and valid compiled files where it says so", async () => {
  const compiled = ["ARG SOURCE_DATE_EPOCH", "COPY . /work/", "RUN python3 -m compileall -q /work/src && mkdir /fresh"];
  const tree = { ...wheelTree("app"), "app/Dockerfile": [PYTHON, ...compiled].join("\n") };
  const body = (name: string) =>
    `images: (() => {
      const ${name} = image({ context: "./app", resources, reproducible: true, cache: "none", repository: "same/${name}" });
      return { ${name}, top: image({ context: "./top", resources, needs: { app: ${name} } }) };
    })()`;
  const layers: string[][] = [];
  for (const name of ["one", "two"]) {
    await using project = await builds.project(body(name), {
      ...tree,
      "top/Dockerfile": "FROM app\nRUN python3 /work/check.py /work/src > /checked\n",
    });
    const { [name]: built, top } = await project.build();
    const { manifest } = (await registryManifest(`${builds.registry}/same/${name}`, built!.digest!))!;
    layers.push([manifest.config!, ...manifest.layers!].map(({ digest }) => digest));
    assert.equal(await readFileFromImage(`${builds.registry}/${NAME}/top`, top!.digest!, "checked"), "41 41\n");
  }
  assert.deepEqual(layers[1], layers[0], "the same configuration and layers in two repositories");
});

Deno.test("layers are zstd where the image says so, and BuildKit builds on them", async () => {
  const tree = {
    "below/Dockerfile": "FROM docker.io/library/busybox:1.35\nRUN echo packed > /file\n",
    "top/Dockerfile": "FROM below\nRUN cp /file /copy\n",
  };
  await using project = await builds.project(
    `images: (() => {
      const below = image({ context: "./below", resources, compression: "zstd" });
      return { below, top: image({ context: "./top", resources, needs: { below } }) };
    })()`,
    tree,
  );
  const { below, top } = await project.build();
  const layer = (await registryManifest(`${builds.registry}/${NAME}/below`, below!.digest!))!.manifest.layers!.at(-1)!;
  const bytes = await registryBlob(`${builds.registry}/${NAME}/below`, layer.digest);
  assert.equal(latin1(bytes.subarray(0, 4)), "\x28\xb5\x2f\xfd");
  assert.equal(await readFileFromImage(`${builds.registry}/${NAME}/top`, top!.digest!, "copy"), "packed\n");
});

/** What one daemon makes of contexts that it is given one after the other, each at a folder of the same name. */
async function throughOneDaemon(contexts: readonly { readonly folder: string; readonly time: number }[]) {
  const dir = await Deno.makeTempDir(), address = `unix://${dir}/buildkitd.sock`;
  const worker = ["--oci-worker=true", "--containerd-worker=false", `--oci-worker-binary=${paths.libexec}/runc`];
  const args = [`--addr=${address}`, `--root=${dir}/state`, ...worker];
  const daemon = new Deno.Command(`${paths.libexec}/buildkitd`, { args, stdout: "null", stderr: "null" }).spawn();
  try {
    const ctl = (...words: string[]) => attempt(`${paths.libexec}/buildctl`, [`--addr=${address}`, ...words]);
    await waitFor("buildkitd", 60, async () => (await ctl("debug", "workers")).code === 0);
    const said: string[] = [];
    for (const { folder, time } of contexts) {
      const context = `${dir}/context`;
      await run("cp", ["-r", folder, context]);
      await run("find", [context, "-exec", "touch", "-h", "-d", `@${time}`, "{}", "+"]);
      const local = ["context", "dockerfile"].map((name) => `--local=${name}=${context}`);
      const { code, stderr } = await ctl(
        ...["build", "--frontend=dockerfile.v0", ...local, `--output=type=local,dest=${dir}/out`],
      );
      assert.equal(code, 0, stderr);
      said.push(await Deno.readTextFile(`${dir}/out/file`));
      for (const used of [context, `${dir}/out`]) await Deno.remove(used, { recursive: true });
    }
    return said;
  } finally {
    daemon.kill("SIGTERM");
    await daemon.status;
    await Deno.remove(dir, { recursive: true });
  }
}

Deno.test("a daemon that gets two contexts with files of one name and size never takes one for the other", async () => {
  const folders = await Promise.all(
    ["first", "other"].map((file) => plant({ Dockerfile: "FROM scratch\nCOPY file /\n", file })),
  );
  const own = await Promise.all(folders.map(async (folder) => {
    const { facts } = await readContext({ context: folder, dockerfile: "Dockerfile" });
    return { folder, time: contextTime(facts.digest) };
  }));
  assert.deepEqual(await throughOneDaemon([own[0]!, own[1]!, own[0]!]), ["first", "other", "first"]);
  const alike = own.map(({ folder }) => ({ folder, time: 0 }));
  assert.deepEqual(
    await throughOneDaemon(alike),
    ["first", "first"],
    "times that are equal mix them: this test can fail",
  );
  await Promise.all(folders.map((folder) => Deno.remove(folder, { recursive: true })));
});
