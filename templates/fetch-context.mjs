// Fetches a build context into /workspace and logs in to the registry, with the role that Pod Identity gives this pod.
// Runs in the init container of a build Job; Node.js 24 and its own modules are all it needs.
//
// Reads the environment: CONTEXT_BUCKET, CONTEXT_LIST and CONTEXT_SHA256 (the list of segments and its sha256),
// PUSH_ROLE, PUSH_REPOSITORY, PULL_REPOSITORIES, REGISTRY, REGISTRY_ACCOUNT, REGISTRY_REGION; and what EKS sets:
// AWS_CONTAINER_CREDENTIALS_FULL_URI, AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE, AWS_REGION.
// Writes no secret but /docker/config.json: a registry login that can push this image alone, and pull what it needs.
import { spawn } from "node:child_process";
import { createHash, createHmac } from "node:crypto";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { zstdDecompressSync } from "node:zlib";

const env = process.env;
const region = env.AWS_REGION ?? env.REGISTRY_REGION;
const TRIES = 6;

const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");
const hmac = (key, text) => createHmac("sha256", key).update(text).digest();

/** Retries what may go over: a busy service, a cut connection, credentials that a new pod does not have yet. */
async function retry(what, call) {
  for (let attempt = 1;; attempt++) {
    try {
      return await call();
    } catch (error) {
      if (error.final || attempt === TRIES) throw new Error(`${what}: ${error.message}`);
      await new Promise((resolve) => setTimeout(resolve, 250 * 2 ** attempt));
    }
  }
}

async function answered(response) {
  if (response.ok) return response;
  const text = (await response.text()).slice(0, 300).replaceAll(/\s+/g, " ");
  const error = new Error(`${response.status} ${text}`);
  error.final = response.status === 400 || response.status === 403 || response.status === 404;
  throw error;
}

async function podCredentials() {
  const url = env.AWS_CONTAINER_CREDENTIALS_FULL_URI;
  if (!url) throw new Error("Pod Identity gave this pod no credentials: is the add-on eks-pod-identity-agent running?");
  const authorization = (await readFile(env.AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE, "utf8")).trim();
  const given = await retry(
    "Pod Identity",
    async () => (await answered(await fetch(url, { headers: { authorization } }))).json(),
  );
  return { id: given.AccessKeyId, secret: given.SecretAccessKey, token: given.Token };
}

/** A signed request (Signature Version 4). `path` is already encoded. */
async function aws(credentials, service, { host, path = "/", method = "POST", headers = {}, body = "" }) {
  const endpoint = env.AWS_ENDPOINT_URL ? new URL(env.AWS_ENDPOINT_URL) : new URL(`https://${host}`);
  const time = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, "");
  const payload = sha256(body);
  const signed = {
    ...headers,
    host: endpoint.host,
    "x-amz-content-sha256": payload,
    "x-amz-date": time,
    "x-amz-security-token": credentials.token,
  };
  const names = Object.keys(signed).sort();
  const canonical = [method, path, "", ...names.map((name) => `${name}:${signed[name]}`), "", names.join(";"), payload];
  const scope = `${time.slice(0, 8)}/${region}/${service}/aws4_request`;
  const text = ["AWS4-HMAC-SHA256", time, scope, sha256(canonical.join("\n"))].join("\n");
  const key = [region, service, "aws4_request"].reduce(hmac, hmac(`AWS4${credentials.secret}`, time.slice(0, 8)));
  const authorization = `AWS4-HMAC-SHA256 Credential=${credentials.id}/${scope}, SignedHeaders=${names.join(";")}, ` +
    `Signature=${createHmac("sha256", key).update(text).digest("hex")}`;
  const { host: _, ...sent } = signed;
  const options = { method, headers: { ...sent, authorization }, ...(body && { body }) };
  return await answered(await fetch(new URL(path, endpoint), options));
}

const suffix = region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com";

/** An object of the context bucket, whose sha256 must be the one that was promised. */
async function object(credentials, key, expected) {
  const bucket = env.CONTEXT_BUCKET;
  // At an endpoint of one's own the bucket is part of the path.
  const path = env.AWS_ENDPOINT_URL ? `/${bucket}/${key}` : `/${key}`;
  const host = `${bucket}.s3.${region}.${suffix}`;
  return await retry(`s3://${bucket}/${key}`, async () => {
    const bytes = Buffer.from(await (await aws(credentials, "s3", { method: "GET", host, path })).arrayBuffer());
    if (sha256(bytes) === expected) return bytes;
    throw new Error(`its sha256 is ${sha256(bytes)}, not ${expected}`);
  });
}

async function fetchContext(credentials) {
  const list = JSON.parse(await object(credentials, env.CONTEXT_LIST, env.CONTEXT_SHA256));
  const tar = spawn("tar", ["--extract", "--no-same-owner", "--no-overwrite-dir", "--directory=/workspace"], {
    stdio: ["pipe", "inherit", "inherit"],
  });
  const ended = once(tar, "close");
  tar.stdin.on("error", () => {}); // tar's own exit code tells
  let bytes = 0;
  for (const segment of list.segments) {
    const raw = zstdDecompressSync(await object(credentials, `contexts/${segment.sha256}.tar.zst`, segment.sha256));
    if (!tar.stdin.write(raw) && tar.exitCode === null) await Promise.race([once(tar.stdin, "drain"), ended]);
    bytes += raw.length;
  }
  tar.stdin.end();
  const [code] = await ended;
  if (code !== 0) throw new Error(`tar ended with ${code}`);
  console.log(`context: ${list.segments.length} segments, ${bytes} bytes`);
}

/** The push role, for this image's repository and no other. */
async function pushCredentials(credentials) {
  const partition = env.PUSH_ROLE.split(":")[1];
  const arn = (name) => `arn:${partition}:ecr:${env.REGISTRY_REGION}:${env.REGISTRY_ACCOUNT}:repository/${name}`;
  const pull = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"];
  const push = [...pull, "ecr:InitiateLayerUpload", "ecr:UploadLayerPart", "ecr:CompleteLayerUpload", "ecr:PutImage"];
  const needed = env.PULL_REPOSITORIES ? env.PULL_REPOSITORIES.split(",") : [];
  const Statement = [
    { Effect: "Allow", Action: "ecr:GetAuthorizationToken", Resource: "*" },
    { Effect: "Allow", Action: push, Resource: arn(env.PUSH_REPOSITORY) },
    ...(needed.length > 0 ? [{ Effect: "Allow", Action: pull, Resource: needed.map(arn) }] : []),
  ];
  const body = new URLSearchParams({
    Action: "AssumeRole",
    Version: "2011-06-15",
    RoleArn: env.PUSH_ROLE,
    RoleSessionName: "unitune-build",
    DurationSeconds: "3600",
    Policy: JSON.stringify({ Version: "2012-10-17", Statement }),
  }).toString();
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  const xml = await retry("sts:AssumeRole", async () => {
    return await (await aws(credentials, "sts", { host: `sts.${region}.${suffix}`, headers, body })).text();
  });
  const [id, secret, token] = ["AccessKeyId", "SecretAccessKey", "SessionToken"].map((name) => {
    return new RegExp(`<${name}>([^<]+)</${name}>`).exec(xml)?.[1];
  });
  return { id, secret, token };
}

async function login(credentials) {
  const target = "AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken";
  const headers = { "content-type": "application/x-amz-json-1.1", "x-amz-target": target };
  const host = `api.ecr.${env.REGISTRY_REGION}.${suffix}`;
  const { authorizationData } = await retry("ecr:GetAuthorizationToken", async () => {
    return await (await aws(credentials, "ecr", { host, headers, body: "{}" })).json();
  });
  const auths = { [env.REGISTRY]: { auth: authorizationData[0].authorizationToken } };
  await writeFile("/docker/config.json", JSON.stringify({ auths }), { mode: 0o600 });
  console.log(`login: ${env.REGISTRY}/${env.PUSH_REPOSITORY}`);
}

try {
  const credentials = await podCredentials();
  await Promise.all([fetchContext(credentials), pushCredentials(credentials).then(login)]);
} catch (error) {
  console.error(`Cannot fetch the build context: ${error.message}`);
  process.exit(1);
}
