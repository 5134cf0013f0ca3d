/** Logins to registries, and the ECR repositories that builds pull from. */
import assert from "node:assert/strict";
import { resolveConfig } from "../../../lib/config/resolve/config.ts";

function resolved(builder: unknown, region = "us-west-2") {
  const value = { name: "acme", region, cluster: { endpoint: "private" }, builder };
  const { config, issues } = resolveConfig({ value, refused: [] });
  const texts = issues.map(({ path, message, hint }) => `${path.join(".")} ${message}${hint ? ` — ${hint}` : ""}`);
  return { builder: config?.builder, issues: texts };
}

const password = { env: "REGISTRY_TOKEN" }, auth = { username: "robot", password };
const of = (host: string, registry: object) => resolved({ registries: { [host]: registry } }).issues;

Deno.test("a registry may have a login and nothing else", () => {
  const { builder, issues } = resolved({ registries: { "ghcr.io": { auth } } });
  assert.deepEqual(issues, []);
  assert.deepEqual(builder?.registries, [{ host: "ghcr.io", mirror: null, plainHttp: false, ca: null, auth }]);
});

Deno.test("a password is never sent unencrypted, never to ECR, and never written in the config or a message", () => {
  assert.deepEqual(of("registry.internal", { auth, plainHttp: true }), [
    "builder.registries.registry.internal.auth must be left out with plainHttp: true, as anybody on the way could read the password",
  ]);
  assert.deepEqual(of("registry.internal", { auth, plainHttp: true, mirror: "mirror.internal" }), []);
  assert.deepEqual(of("763104351884.dkr.ecr.us-west-2.amazonaws.com", { auth }), [
    "builder.registries.763104351884.dkr.ecr.us-west-2.amazonaws.com.auth must be left out for a registry of ECR, to " +
    'which builds log in by themselves — write builder: { pull: ["arn:aws:ecr:us-west-2:763104351884:repository/<name>"] }',
  ]);
  const [written, ...more] = of("ghcr.io", { auth: { ...auth, password: "hunter22" } });
  assert.deepEqual(more, []);
  assert.match(written!, /auth\.password must be { env: "NAME" } or { file: "\.\/path" }, never the value itself/);
  assert.doesNotMatch(written!, /hunter22/);
  assert.match(
    of("ghcr.io", { auth: { ...auth, password: {} } }).join(),
    /must have either env or file: found neither/,
  );
  assert.match(
    of("ghcr.io", { auth: { ...auth, username: "a:b" } }).join(),
    /auth\.username must be the name of a user/,
  );
});

Deno.test("an entry with a login says nothing about how the same server is reached as a mirror", () => {
  const mirror = { mirror: "mirror.example.com/hub", plainHttp: true };
  const registries = { "docker.io": mirror, "mirror.example.com": { auth } };
  assert.deepEqual(resolved({ registries }).issues, []);
});

const DLC = "arn:aws:ecr:us-east-1:763104351884:repository/pytorch-training";

Deno.test("repositories to pull become the addresses of their registries; only caches may be filled", () => {
  const cache = { repository: "arn:aws:ecr:us-west-2:123456789012:repository/docker-hub/*", cache: true };
  const { builder, issues } = resolved({ pull: [DLC, { repository: `${DLC}-2` }, cache] });
  assert.deepEqual(issues, []);
  const host = "763104351884.dkr.ecr.us-east-1.amazonaws.com";
  assert.deepEqual(builder?.reads, [`${host}/pytorch-training`, `${host}/pytorch-training-2`]);
  assert.deepEqual(builder?.pulls, ["123456789012.dkr.ecr.us-west-2.amazonaws.com/docker-hub/*"]);
  const china = "arn:aws-cn:ecr:cn-north-1:727897471807:repository/pytorch-training";
  assert.deepEqual(resolved({ pull: [china] }, "cn-northwest-1").builder?.reads, [
    "727897471807.dkr.ecr.cn-north-1.amazonaws.com.cn/pytorch-training",
  ]);
});

Deno.test("what is no repository, of another partition or too long for a session is refused", () => {
  const refused = (pull: unknown[], region?: string) => resolved({ pull }, region).issues.join("\n");
  assert.match(
    refused(["763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-training"]),
    /builder\.pull\.0 must be the ARN of an ECR repository.* — write arn:aws:ecr:<region>/,
  );
  for (const arn of [`${DLC}*`, "arn:aws:ecr:us-east-1:763104351884:repository/*", "arn:aws:s3:::bucket"]) {
    assert.match(refused([arn]), /must be the ARN of an ECR repository/, arn);
  }
  assert.match(refused([DLC], "cn-north-1"), /must be in the partition of cn-north-1, aws-cn: found "aws"/);
  assert.match(refused([DLC.replace("us-east-1", "cn-north-1")]), /must be in the partition of cn-north-1, aws-cn/);
  const many = Array.from({ length: 12 }, (_, at) => `${DLC}-with-a-long-name-${at}`);
  assert.match(
    refused(many),
    /builder\.pull must have at most 850 characters in all.*found 1\d\d\d — name a common prefix/,
  );
});

Deno.test("a proxy has no password, and one with a private address must be a server that builds may reach", () => {
  const of = (proxy: object, network?: object) => resolved({ proxy, network });
  const http = "http://10.0.0.9:3128", https = "http://proxy.example.com:3128";
  assert.deepEqual(of({ https, no: [".example.com", "10.0.0.0/8"] }).builder?.proxy, {
    http: null,
    https,
    no: [".example.com", "10.0.0.0/8"],
  });
  assert.deepEqual(of({ http }).issues, [
    "builder.proxy.http must be a server that builds may reach: 10.0.0.9:3128 has a private address — " +
    'write builder: { network: { allow: [{ range: "10.0.0.9/32", ports: [3128] }] } }',
  ]);
  assert.deepEqual(of({ http }, { allow: [{ range: "10.0.0.9/32", ports: [3128] }] }).issues, []);
  assert.deepEqual(of({ no: ["x"] }).issues, ["builder.proxy must have http or https: found neither"]);
  const [written, ...more] = of({ https: "http://me:hunter22@proxy.example.com" }).issues;
  assert.deepEqual(more, []);
  assert.match(written!, /builder\.proxy\.https must be the URL of a proxy.*without a user and a password/);
  assert.doesNotMatch(written!, /hunter22/);
});
