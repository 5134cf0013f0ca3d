// Fetches a build context into $WORKSPACE and logs in to the registry, with the role that Pod Identity gives this pod.
// Runs in the init container of a build Job; Node.js 24 and its own modules are all it needs.
//
// Reads the environment: CONTEXT_BUCKET, CONTEXT_LIST and CONTEXT_SHA256 (the list of segments and its sha256),
// CONTEXT_TIME (the modification time that every file gets, in seconds since 1970), PUSH_ROLE, PUSH_REPOSITORY, PULL_REPOSITORIES, REGISTRY, REGISTRY_ACCOUNT, REGISTRY_REGION; PULL_MIRRORS, where builds
// read from further registries of ECR (`host/repository` or `host/prefix/*`, with commas between) and fill caches there,
// PULL_BASES for those that they only read; LOGINS, a file with the config's own logins; and what EKS sets:
// AWS_CONTAINER_CREDENTIALS_FULL_URI, AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE, AWS_REGION. FETCH_TRIES and AWS_ENDPOINT_URL
// are for tests and for endpoints that stand for AWS.
// Writes no secret but $DOCKER_CONFIG/config.json: a login that can push to this image's repository, and pull what the
// image needs. Every byte is checked: the list against CONTEXT_SHA256, each segment against the list.
import { spawn } from "node:child_process";
import { createHash, createHmac } from "node:crypto";
import { once } from "node:events";
import { lutimesSync, mkdirSync, readdirSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { zstdDecompressSync } from "node:zlib";

const env = process.env;
const region = env.AWS_REGION ?? env.REGISTRY_REGION;
const suffix = region?.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com";
const TRIES = Number(env.FETCH_TRIES ?? 7);
const TIMEOUT = 60_000;
/** Segments that are fetched ahead of the one that is unpacked. */
const AHEAD = 4;

const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");
const hmac = (key, text) => createHmac("sha256", key).update(text).digest();

/**
 * Retries for half a minute what may go over: a busy service, a cut connection, a role that was made just now. That
 * something is not there does not go over.
 */
async function retry(what, call) {
  for (let attempt = 1;; attempt++) {
    try {
      return await call();
    } catch (error) {
      if (error.status === 404 || attempt >= TRIES) throw new Error(`${what}: ${reason(error)}`);
      await new Promise((resolve) => setTimeout(resolve, 250 * 2 ** attempt));
    }
  }
}

/** `fetch failed` hides why. */
export function reason(error) {
  return error.cause?.message ? `${error.message} (${error.cause.message})` : error.message;
}

/** The body of a good answer; otherwise an error with the beginning of what the service said. */
async function request(url, options) {
  const response = await fetch(url, { ...options, signal: AbortSignal.timeout(TIMEOUT) });
  const body = Buffer.from(await response.arrayBuffer());
  if (response.ok) return body;
  const said = body.subarray(0, 300).toString().replaceAll(/\s+/g, " ");
  throw Object.assign(new Error(`${response.status} ${said}`), { status: response.status });
}

export async function podCredentials() {
  const url = env.AWS_CONTAINER_CREDENTIALS_FULL_URI;
  if (!url) throw new Error("Pod Identity gave this pod no credentials: is the add-on eks-pod-identity-agent running?");
  const authorization = (await readFile(env.AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE, "utf8")).trim();
  const given = JSON.parse(await retry("Pod Identity", () => request(url, { headers: { authorization } })));
  return { id: given.AccessKeyId, secret: given.SecretAccessKey, token: given.Token };
}

/**
 * The headers of a request with its signature (Signature Version 4). `path` is already encoded, there is no query, and
 * header names are lower case.
 */
export function sign({ credentials, service, region, time, method, host, path, headers = {}, body = "" }) {
  const payload = sha256(body);
  const signed = {
    ...headers,
    host,
    "x-amz-content-sha256": payload,
    "x-amz-date": time,
    ...(credentials.token && { "x-amz-security-token": credentials.token }),
  };
  const names = Object.keys(signed).sort();
  const canonical = [method, path, "", ...names.map((name) => `${name}:${signed[name]}`), "", names.join(";"), payload];
  const scope = `${time.slice(0, 8)}/${region}/${service}/aws4_request`;
  const text = ["AWS4-HMAC-SHA256", time, scope, sha256(canonical.join("\n"))].join("\n");
  const key = scope.split("/").reduce(hmac, `AWS4${credentials.secret}`);
  const authorization = `AWS4-HMAC-SHA256 Credential=${credentials.id}/${scope}, SignedHeaders=${names.join(";")}, ` +
    `Signature=${hmac(key, text).toString("hex")}`;
  const { host: _, ...sent } = signed;
  return { ...sent, authorization };
}

/** A signed request to `https://<host>`, or to the endpoint that stands for AWS. */
function aws(credentials, service, { host, path = "/", method = "POST", headers, body, region: at = region }) {
  const endpoint = new URL(env.AWS_ENDPOINT_URL ?? `https://${host}`);
  const time = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, "");
  const signed = sign({
    credentials,
    service,
    region: at,
    time,
    method,
    host: endpoint.host,
    path,
    headers,
    body,
  });
  return request(new URL(path, endpoint), { method, headers: signed, body });
}

/** An object of the context bucket, whose sha256 must be the one that was promised, after it is unpacked. */
function object(credentials, key, expected, unpack = (bytes) => bytes) {
  const bucket = env.CONTEXT_BUCKET;
  // AWS has a host for each bucket; at any other endpoint the bucket is part of the path.
  const path = env.AWS_ENDPOINT_URL ? `/${bucket}/${key}` : `/${key}`;
  const host = `${bucket}.s3.${region}.${suffix}`;
  return retry(`s3://${bucket}/${key}`, async () => {
    const bytes = unpack(await aws(credentials, "s3", { method: "GET", host, path }));
    if (sha256(bytes) === expected) return bytes;
    throw new Error(`its sha256 is ${sha256(bytes)}, not ${expected}`);
  });
}

/** The archive, segment by segment; a few are on their way while one is unpacked. */
async function* archive(credentials, segments) {
  const coming = [];
  const start = ({ sha256, bytes }) => {
    // The list names what a segment unpacks to: however it was compressed, nothing else is taken.
    const unpack = (packed) => zstdDecompressSync(packed, { maxOutputLength: bytes });
    const arriving = object(credentials, `contexts/${sha256}.tar.zst`, sha256, unpack);
    arriving.catch(() => {}); // told when its turn comes
    coming.push(arriving);
  };
  segments.slice(0, AHEAD).forEach(start);
  for (let next = AHEAD; coming.length > 0; next++) {
    const raw = await coming.shift();
    if (next < segments.length) start(segments[next]);
    yield raw;
  }
}

/** The context with its Dockerfile, and the folders that the Dockerfile names, one after the other. */
async function fetchContext(credentials) {
  const list = JSON.parse(await object(credentials, env.CONTEXT_LIST, env.CONTEXT_SHA256));
  await fetchFolder(credentials, "context", env.WORKSPACE, list.segments, Number(env.CONTEXT_TIME));
  for (const { folder, segments, time } of list.folders ?? []) {
    const path = `${env.WORKSPACE}/contexts/${folder}`;
    mkdirSync(path, { recursive: true });
    await fetchFolder(credentials, folder, path, segments, time);
  }
}

async function fetchFolder(credentials, name, folder, segments, time) {
  const options = ["--extract", "--preserve-permissions", "--no-same-owner", "--delay-directory-restore"];
  const tar = spawn("tar", [...options, `--directory=${folder}`], {
    stdio: ["pipe", "inherit", "pipe"],
    env: { ...env, LC_ALL: "C.UTF-8" },
  });
  let said = "";
  tar.stderr.on("data", (chunk) => said = `${said}${chunk}`.slice(0, 1000));
  const sending = pipeline(Readable.from(archive(credentials, segments)), tar.stdin).catch((error) => error);
  const [code] = await once(tar, "close");
  const failure = await sending;
  // Where tar gave up, its own words tell why; where the archive broke off, tar's words are about that.
  if (failure && failure.code !== "EPIPE" && failure.code !== "ERR_STREAM_PREMATURE_CLOSE") throw failure;
  if (code !== 0) throw new Error(`tar ended with ${code}: ${said.trim().replaceAll("\n", "; ")}`);
  setTimes(folder, time);
  const bytes = segments.reduce((sum, segment) => sum + segment.bytes, 0);
  console.log(`${name}: ${segments.length} segments, ${bytes} bytes`);
}

/** Gives everything below a folder one modification time; links are not followed. */
function setTimes(folder, time) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) setTimes(path, time);
    lutimesSync(path, time, time);
  }
}

const list = (text) => text ? text.split(",") : [];
/** What the first pull through a cache of ECR needs besides: it makes the repository and fetches the image. */
const FILL = ["ecr:BatchImportUpstreamImage", "ecr:CreateRepository"];

/** `host/prefix/*` as IAM names it. */
function mirrorArn(partition, mirror) {
  const [host, ...path] = mirror.split("/"), [account, , , region] = host.split(".");
  return `arn:${partition}:ecr:${region}:${account}:repository/${path.join("/")}`;
}

/** The push role, for this image's repository and no other. */
async function pushCredentials(credentials) {
  const partition = env.PUSH_ROLE.split(":")[1];
  const arn = (name) => `arn:${partition}:ecr:${env.REGISTRY_REGION}:${env.REGISTRY_ACCOUNT}:repository/${name}`;
  const pull = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"];
  const push = [...pull, "ecr:InitiateLayerUpload", "ecr:UploadLayerPart", "ecr:CompleteLayerUpload", "ecr:PutImage"];
  const mirrored = list(env.PULL_MIRRORS).map((each) => mirrorArn(partition, each));
  const read = [
    ...list(env.PULL_REPOSITORIES).map(arn),
    ...list(env.PULL_BASES).map((each) => mirrorArn(partition, each)),
  ];
  const Statement = [
    { Effect: "Allow", Action: "ecr:GetAuthorizationToken", Resource: "*" },
    { Effect: "Allow", Action: push, Resource: arn(env.PUSH_REPOSITORY) },
    ...(read.length > 0 ? [{ Effect: "Allow", Action: pull, Resource: read }] : []),
    ...(mirrored.length > 0 ? [{ Effect: "Allow", Action: [...pull, ...FILL], Resource: mirrored }] : []),
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
  const host = `sts.${region}.${suffix}`;
  const xml = (await retry("sts:AssumeRole", () => aws(credentials, "sts", { host, headers, body }))).toString();
  const [id, secret, token] = ["AccessKeyId", "SecretAccessKey", "SessionToken"].map((name) => {
    return new RegExp(`<${name}>([^<]+)</${name}>`).exec(xml)?.[1];
  });
  if (!id || !secret || !token) throw new Error("sts:AssumeRole: its answer holds no credentials");
  return { id, secret, token };
}

/** A login to a registry of ECR: it has the rights of the session that asks for it, and lasts twelve hours at most. */
async function loginTo(credentials, host) {
  const at = host.split(".")[3], domain = host.slice(host.indexOf("amazonaws."));
  const target = "AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken";
  const headers = { "content-type": "application/x-amz-json-1.1", "x-amz-target": target };
  const asked = { host: `api.ecr.${at}.${domain}`, headers, body: "{}", region: at };
  const answer = await retry(`ecr:GetAuthorizationToken for ${host}`, () => aws(credentials, "ecr", asked));
  const [{ authorizationToken: auth }] = JSON.parse(answer).authorizationData;
  return [host, { auth }];
}

/** Writes the logins where Docker's clients look for them, as do BuildKit's and Helm's. */
export async function writeLogins(credentials, hosts, others = {}) {
  const ecr = Object.fromEntries(await Promise.all(hosts.map((host) => loginTo(credentials, host))));
  const auths = { ...others, ...ecr };
  await writeFile(`${env.DOCKER_CONFIG}/config.json`, JSON.stringify({ auths }), { mode: 0o600 });
}

async function login(credentials) {
  const pulls = [...list(env.PULL_MIRRORS), ...list(env.PULL_BASES)];
  const hosts = [env.REGISTRY, ...pulls.map((each) => each.split("/")[0])];
  const others = env.LOGINS ? JSON.parse(await readFile(env.LOGINS, "utf8")).auths : {};
  await writeLogins(credentials, [...new Set(hosts)], others);
  console.log(`login: ${env.REGISTRY}/${env.PUSH_REPOSITORY}`);
}

if (import.meta.main) {
  try {
    const credentials = await podCredentials();
    await Promise.all([fetchContext(credentials), pushCredentials(credentials).then(login)]);
  } catch (error) {
    console.error(`Cannot fetch the build context: ${reason(error)}`);
    process.exit(1);
  }
}
