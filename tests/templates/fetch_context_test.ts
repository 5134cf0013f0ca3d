/** The fetching script as a process of its own, against services on loopback that check each signature. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { zstdCompressSync } from "node:zlib";
import { readContext, storeContext } from "../../lib/adapters/context/mod.ts";
import { type FakeStore, fakeStore } from "../fakes/context_store.ts";
import { type FakeAws, fakeAws, SECRETS } from "../images/fake_aws.ts";
import { describe, type Tree, withTree } from "../images/tree.ts";

const script = new URL("../../templates/fetch-context.mjs", import.meta.url).pathname;
const TIME = 1_234_567_890;
const signal = new AbortController().signal;

interface Fetched {
  readonly code: number;
  readonly said: string;
  readonly tree: readonly string[];
  /** Path → modification time, in milliseconds; links are not followed. */
  readonly times: readonly (readonly [string, number])[];
  readonly login: string | null;
  readonly loginMode: number | undefined;
}

/** Stores a tree, lets `before` spoil things, runs the script; then `look` sees what came of it. */
async function fetched(
  tree: Tree,
  before: (bucket: FakeStore, aws: FakeAws) => void,
  look: (result: Fetched, aws: FakeAws) => void | Promise<void>,
  env: Record<string, string> = {},
  named: Readonly<Record<string, string>> = {},
): Promise<void> {
  const bucket = fakeStore();
  const list = await withTree(tree, async (root) => {
    const folders = Object.entries(named).map(([alias, path]) => [alias, { folder: `${root}/${path}` }]);
    const image = { context: root, dockerfile: "Dockerfile", contexts: Object.fromEntries(folders) };
    return await storeContext(await readContext(image), bucket, { signal });
  });
  const aws = fakeAws(bucket.objects);
  try {
    before(bucket, aws);
    await withTree({ "token": "pod-jwt\n", "workspace": null, "docker": null }, async (root) => {
      const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
        // Without the config, or Deno would look at the packages of the whole project first.
        args: ["run", "-A", "--no-config", "--quiet", script],
        clearEnv: true,
        env: { ...jobEnv(root, aws, list), ...env },
      }).output();
      const login = await Deno.readTextFile(`${root}/docker/config.json`).catch(() => null);
      const loginMode = login === null ? undefined : (await Deno.stat(`${root}/docker/config.json`)).mode! & 0o777;
      const said = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
      const tree = await describe(`${root}/workspace`), times = await timesOf(`${root}/workspace`);
      await look({ code, said, tree, times, login, loginMode }, aws);
    });
  } finally {
    await aws.close();
  }
}

async function timesOf(root: string, path = ""): Promise<(readonly [string, number])[]> {
  const times: (readonly [string, number])[] = [];
  for await (const { name, isDirectory } of Deno.readDir(`${root}/${path}`)) {
    const inner = path === "" ? name : `${path}/${name}`;
    times.push([inner, (await Deno.lstat(`${root}/${inner}`)).mtime!.getTime()]);
    if (isDirectory) times.push(...await timesOf(root, inner));
  }
  return times;
}

function jobEnv(root: string, aws: FakeAws, list: { listKey: string; listDigest: string }): Record<string, string> {
  return {
    PATH: Deno.env.get("PATH") ?? "",
    HOME: root,
    DENO_DIR: Deno.env.get("DENO_DIR") ?? `${Deno.env.get("HOME")}/.cache/deno`,
    WORKSPACE: `${root}/workspace`,
    DOCKER_CONFIG: `${root}/docker`,
    AWS_ENDPOINT_URL: aws.url,
    AWS_REGION: "us-west-2",
    AWS_CONTAINER_CREDENTIALS_FULL_URI: `${aws.url}/v1/credentials`,
    AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: `${root}/token`,
    CONTEXT_BUCKET: "acme-contexts",
    CONTEXT_LIST: list.listKey,
    CONTEXT_SHA256: list.listDigest,
    CONTEXT_TIME: String(TIME),
    PUSH_ROLE: "arn:aws:iam::123456789012:role/acme-push",
    REGISTRY: "123456789012.dkr.ecr.us-west-2.amazonaws.com",
    REGISTRY_ACCOUNT: "123456789012",
    REGISTRY_REGION: "us-west-2",
    PUSH_REPOSITORY: "acme/trainer",
    PULL_REPOSITORIES: "acme/base",
    FETCH_TRIES: "2",
  };
}

const TREE: Tree = {
  "Dockerfile": "FROM scratch\n",
  "src/a.py": "print(1)\n",
  "ä/ö.txt": "x",
  [`long/${"n".repeat(120)}/file`]: "y",
  "link": "->src/a.py",
  "big.bin": new Uint8Array(3 * 2 ** 20).map((_, index) => (index * 2654435761) >>> 11),
};

Deno.test("the script unpacks the context, and logs in with a role that is narrowed to this image's repositories", async () => {
  await fetched(TREE, () => {}, (result, aws) => {
    assert.equal(result.code, 0, result.said);
    const paths = result.tree.map((line) => line.split(" ")[0]);
    for (const path of ["context/src/a.py", "context/ä/ö.txt", "context/big.bin", "dockerfile/Dockerfile"]) {
      assert.ok(paths.includes(path), `${path} in ${paths.join()}`);
    }
    assert.ok(result.tree.includes("context/link -> src/a.py"));
    const times = result.times.map(([, time]) => time);
    assert.ok(
      result.times.some(([path]) => path === "context/link") && result.times.some(([path]) => path === "context"),
    );
    assert.deepEqual([...new Set(times)], [TIME * 1000]);
    assert.ok(aws.asked.filter((what) => what.startsWith("GET /acme-contexts/contexts/")).length >= 2);
    const { auths } = JSON.parse(result.login!);
    assert.deepEqual(auths, { "123456789012.dkr.ecr.us-west-2.amazonaws.com": { auth: btoa("AWS:ecr-password") } });
    assert.equal(result.loginMode, 0o600);
    const [token, push, pull] = aws.policy().Statement;
    assert.deepEqual(token, { Effect: "Allow", Action: "ecr:GetAuthorizationToken", Resource: "*" });
    assert.equal(push!.Resource, "arn:aws:ecr:us-west-2:123456789012:repository/acme/trainer");
    assert.ok(push!.Action.includes("ecr:PutImage"));
    assert.deepEqual(pull!.Resource, ["arn:aws:ecr:us-west-2:123456789012:repository/acme/base"]);
    assert.ok(!pull!.Action.includes("ecr:PutImage"));
  });
});

Deno.test("folders that the Dockerfile names are unpacked beside the context, each with a time of its own", async () => {
  const tree = { ...TREE, "lib/.dockerignore": "drop\n", "lib/b.py": "b", "lib/drop": "x" };
  await fetched(
    tree,
    () => {},
    (result) => {
      assert.equal(result.code, 0, result.said);
      const folder = "contexts/acme%2Flib%3Av1/context", paths = result.tree.map((line) => line.split(" ")[0]!);
      const found = paths.filter((path) => path.startsWith(`${folder}/`) && !path.endsWith("/"));
      assert.deepEqual(found.toSorted(), [`${folder}/.dockerignore`, `${folder}/b.py`]);
      assert.ok(paths.includes("contexts/src/context/a.py") && paths.includes("context/src/a.py"));
      const timeOf = (path: string) => result.times.find(([other]) => other === path)![1];
      const times = [`${folder}/b.py`, folder, "contexts/src/context/a.py", "context/src/a.py"].map(timeOf);
      assert.equal(times[0], times[1]);
      assert.equal(new Set(times).size, 3, times.join());
    },
    {},
    { "acme/lib:v1": "lib", src: "src" },
  );
});

Deno.test("where builds read from further registries of ECR it logs in to each, and may pull and fill what it is told", async () => {
  const env = {
    PULL_MIRRORS: "111122223333.dkr.ecr.eu-west-1.amazonaws.com/docker-hub/*," +
      "123456789012.dkr.ecr.us-west-2.amazonaws.com/hub/docker/buildkit-syft-scanner",
  };
  await fetched(TREE, () => {}, (result, aws) => {
    assert.equal(result.code, 0, result.said);
    assert.deepEqual(Object.keys(JSON.parse(result.login!).auths).toSorted(), [
      "111122223333.dkr.ecr.eu-west-1.amazonaws.com",
      "123456789012.dkr.ecr.us-west-2.amazonaws.com",
    ]);
    const mirrors = aws.policy().Statement.at(-1)!;
    assert.deepEqual(mirrors.Resource, [
      "arn:aws:ecr:eu-west-1:111122223333:repository/docker-hub/*",
      "arn:aws:ecr:us-west-2:123456789012:repository/hub/docker/buildkit-syft-scanner",
    ]);
    assert.ok(mirrors.Action.includes("ecr:BatchImportUpstreamImage"));
    assert.ok(!mirrors.Action.includes("ecr:PutImage"));
  }, env);
});

Deno.test("what builds only read is in the session without the rights to fill a cache, and is logged in to", async () => {
  const env = { PULL_BASES: "763104351884.dkr.ecr.cn-north-1.amazonaws.com.cn/pytorch-training" };
  await fetched(TREE, () => {}, (result, aws) => {
    assert.equal(result.code, 0, result.said);
    assert.ok("763104351884.dkr.ecr.cn-north-1.amazonaws.com.cn" in JSON.parse(result.login!).auths);
    const { Action, Resource } = aws.policy().Statement.at(-1)!;
    assert.deepEqual(Resource, [
      "arn:aws:ecr:us-west-2:123456789012:repository/acme/base",
      "arn:aws:ecr:cn-north-1:763104351884:repository/pytorch-training",
    ]);
    assert.deepEqual(Action, ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]);
  }, env);
});

Deno.test("with as many repositories as a config may name, the session's policy is one that STS takes", async () => {
  const host = "763104351884.dkr.ecr.us-gov-east-1.amazonaws.com",
    arn = "arn:aws-us-gov:ecr:us-gov-east-1:763104351884:";
  const most = Math.floor(850 / (`${arn}repository/team/base-00`.length + 3));
  const named = Array.from({ length: most }, (_, at) => `${host}/team/base-${10 + at}`).join();
  const needs = ["acme/base", "acme/tools", "acme/flash-attention"].join();
  for (const env of [{ PULL_BASES: named }, { PULL_MIRRORS: named }]) {
    const long = { PUSH_REPOSITORY: `acme/${"n".repeat(40)}`, PULL_REPOSITORIES: needs, ...env };
    await fetched(TREE, () => {}, (_, aws) => {
      const bytes = JSON.stringify(aws.policy()).length;
      assert.ok(bytes <= 2048, `${bytes} characters`);
    }, long);
  }
});

Deno.test("the config's own logins are written beside those to ECR", async () => {
  const file = await Deno.makeTempFile();
  await Deno.writeTextFile(file, JSON.stringify({ auths: { "ghcr.io": { auth: btoa("robot:hunter22") } } }));
  await fetched(TREE, () => {}, (result) => {
    assert.equal(result.code, 0, result.said);
    assert.deepEqual(JSON.parse(result.login!).auths, {
      "ghcr.io": { auth: btoa("robot:hunter22") },
      "123456789012.dkr.ecr.us-west-2.amazonaws.com": { auth: btoa("AWS:ecr-password") },
    });
    assert.doesNotMatch(result.said, /hunter22|robot/);
  }, { LOGINS: file });
  await Deno.remove(file);
});

Deno.test("a segment or a list whose bytes are not those that were promised is refused, and nothing is unpacked of it", async () => {
  for (const start of ["contexts/", "lists/"]) {
    const spoil = (bucket: FakeStore) => {
      const key = [...bucket.objects.keys()].findLast((key) => key.startsWith(start))!;
      const body = new TextEncoder().encode("{}");
      bucket.objects.set(key, { body: start === "lists/" ? body : zstdCompressSync(body), storedAt: 0 });
    };
    await fetched(TREE, spoil, ({ code, said, tree }) => {
      assert.equal(code, 1);
      assert.ok(!tree.some((line) => line.startsWith("dockerfile/Dockerfile ")), tree.join());
      const digest = createHash("sha256").update("{}").digest("hex");
      assert.match(
        said,
        new RegExp(`^Cannot fetch the build context: s3://acme-contexts/${start}.* its sha256 is ${digest}`, "m"),
      );
    });
  }
});

Deno.test("a service that is busy is asked again, one that has not got the object is not", async () => {
  const busy = (_: FakeStore, aws: FakeAws) => {
    aws.faults.set("GET /acme-contexts/lists", [503]);
    aws.faults.set("sts:", [403]);
    aws.faults.set("ecr:", [400]);
  };
  await fetched(TREE, busy, ({ code, said }, aws) => {
    assert.equal(code, 0, said);
    for (const start of ["GET /acme-contexts/lists", "sts:", "ecr:"]) {
      assert.equal(aws.asked.filter((what) => what.startsWith(start)).length, 2, start);
    }
  });
  await fetched(TREE, (bucket) => bucket.objects.clear(), ({ code, said }, aws) => {
    assert.equal(code, 1);
    assert.match(said, /s3:\/\/acme-contexts\/lists\/[0-9a-f]{64}\.json: 404 NoSuchKey$/m);
    assert.equal(aws.asked.filter((what) => what.startsWith("GET")).length, 1);
  });
});

Deno.test("an error is one line, and no secret is in what the script says", async () => {
  await fetched(TREE, (_, aws) => aws.faults.set("ecr:", [500, 500]), ({ code, said, login }) => {
    assert.equal(code, 1);
    assert.equal(login, null);
    assert.deepEqual(said.split("\n").filter((line) => line.startsWith("Cannot")).length, 1);
    assert.match(said, /ecr:GetAuthorizationToken for \S+: 500 <Code>Injected<\/Code> <Token>/);
    for (const secret of SECRETS) assert.ok(!said.includes(secret), said);
  });
});

Deno.test("without Pod Identity, and where tar cannot write, the script says so", async () => {
  await fetched(TREE, () => {}, ({ code, said }) => {
    assert.equal(code, 1);
    assert.match(said, /gave this pod no credentials/);
  }, { AWS_CONTAINER_CREDENTIALS_FULL_URI: "" });
  await fetched(TREE, () => {}, ({ code, said }) => {
    assert.equal(code, 1);
    assert.match(said, /tar ended with 2: .*nowhere/);
  }, { WORKSPACE: "/nowhere/at/all" });
});
