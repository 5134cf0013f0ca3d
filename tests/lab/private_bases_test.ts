/** Private bases in real builds: a registry with a password, an SSH key, a proxy, a session that ends before the push. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { generateKeyPairSync } from "node:crypto";
import { PINS } from "../../lib/core/pins.ts";
import type { UnituneError } from "../../lib/core/errors.ts";
import { type Bench, type Builds, exists, inRegistry, NAME, namespace, startBuilds } from "./builds.ts";
import { kubectl, readFileFromImage, registryManifest } from "./lab.ts";
import { bridge, internet } from "./layout.ts";
import { ownAuthority, reaching, serveImages } from "./private_registry.ts";

const FROM = "FROM docker.io/library/busybox:1.35";
const PASSWORD = "lab-$password-of-the-registry", BASIC = btoa(`robot:${PASSWORD}`);
let builds: Builds;

Deno.test.beforeAll(async () => {
  builds = await startBuilds({ account: "210000000036", port: 4666 });
});

Deno.test.afterAll(() => builds?.stop());

const logged = ({ events }: Bench) => events.flatMap((event) => event.type === "log" ? [event.line] : []);

function assertHidden(values: readonly string[], where: string, text: string): void {
  for (const value of values) assert.ok(!text.includes(value), `${where} holds ${value}`);
}

/** Looks for a value that is passed in two halves, so that it is not in the command itself. */
function search(value: string, control = false): string {
  const [start, end] = [value.slice(0, 10), value.slice(10)];
  if (control) return `printf %s%s '${start}' '${end}' >/tmp/control && ${search(value)} && rm /tmp/control`;
  const places =
    "/etc /home /root /run /tmp /var /unitune /logins /docker /workspace /proc/self/environ /proc/1/environ";
  return `found=$(grep -rlF -e '${start}''${
    end.replaceAll("$", "\\$")
  }' ${places} 2>/dev/null); echo "search: [$found]"`;
}

const registriesAt = (port: number) =>
  `builder: { ${reaching(port)}, registries: { "${bridge.address}:${port}": {
    ca: "./ca.pem", auth: { username: "robot", password: { env: "REGISTRY_TOKEN" } } } } }`;

Deno.test("a base comes from a registry with a password, which no RUN step, object, log, request or layer holds", async () => {
  const own = await ownAuthority(), port = 18_090;
  await using registry = serveImages(port, { ...own, basic: BASIC });
  const tree = {
    "app/Dockerfile": [
      `FROM ${bridge.address}:${port}/hub/tools/box:1.35`,
      `RUN ${search(PASSWORD)}`,
      `RUN ${search(BASIC)}`,
      `RUN ${search(BASIC, true)}`,
      "RUN env > /environment",
    ].join("\n"),
    "ca.pem": own.cert,
  };
  const body = `images: { app: image({ context: "./app", resources, provenance: "max" }) }, ${registriesAt(port)}`;
  await using project = await builds.project(body, tree, (name) => name === "REGISTRY_TOKEN" ? PASSWORD : undefined);
  const job = await project.job("app"), { app } = await project.build();
  assert.equal(app!.state, "built");
  assert.ok(registry.refused > 0, "who has not logged in gets nothing");
  const lines = logged(project);
  assert.equal(lines.filter((line) => line.endsWith("search: []")).length, 2, lines.join("\n"));
  assert.equal(
    lines.filter((line) => line.endsWith("search: [/tmp/control]")).length,
    1,
    "the search finds what is there",
  );
  assert.equal(await exists("secret", job), false, "the Secret goes when the Job has ended");
  const repository = `${builds.registry}/${NAME}/app`, hidden = [PASSWORD, BASIC, btoa(PASSWORD).slice(0, -4)];
  assert.doesNotMatch((await readFileFromImage(repository, app!.digest!, "environment"))!, /DOCKER|TOKEN|AWS/);
  const objects = await kubectl(["get", "jobs,pods,events,configmaps,secrets", "-n", namespace, "-o", "yaml"]);
  assert.match(objects, /key: \.dockerconfigjson/);
  assertHidden(hidden, "the cluster", objects);
  assertHidden(hidden, "the story", JSON.stringify([project.events, app]));
  assertHidden(hidden, "AWS", await builds.inAws());
  assertHidden(hidden.slice(1), "the registry", await inRegistry(repository, app!.digest!));
  assert.equal((await project.build()).app!.state, "reused");
});

Deno.test("a wrong password is told with the option, at once", async () => {
  const own = await ownAuthority(), port = 18_091;
  await using _registry = serveImages(port, { ...own, basic: BASIC });
  const tree = { "wrong/Dockerfile": `FROM ${bridge.address}:${port}/hub/tools/box:1.35\n`, "ca.pem": own.cert };
  const body = `images: { wrong: image({ context: "./wrong", resources }) }, ${registriesAt(port)}`;
  await using project = await builds.project(body, tree, () => "a-wrong-password");
  const error: UnituneError = await project.build().then(() => assert.fail("was built"), (error) => error);
  assert.match(error.message, new RegExp(`registry of ${bridge.address}:${port}/hub/tools/box:1.35 does not let`));
  assert.match(error.hint ?? "", /builder: { registries: /);
});

Deno.test("a step signs with an SSH key by its agent, and finds the key nowhere; a step without the mount has no agent", async () => {
  const { privateKey } = generateKeyPairSync("ed25519"),
    pem = String(privateKey.export({ type: "pkcs8", format: "pem" }));
  const secret = pem.split("\n")[1]!, halves = `${secret.slice(0, 20)} ${secret.slice(20)}`;
  const tree = {
    "signed/agent.cjs": await Deno.readTextFile(new URL("hostile/agent.cjs", import.meta.url)),
    "signed/Dockerfile": [
      `FROM ${PINS.fetcherImage}`,
      "COPY agent.cjs /",
      `RUN --mount=type=ssh,id=hub,required node /agent.cjs ${halves}`,
      'RUN echo "found an agent: [${SSH_AUTH_SOCK-}]"',
    ].join("\n"),
  };
  const body = `images: { signed: image({ context: "./signed", resources, ssh: { hub: { env: "DEPLOY_KEY" } } }) }`;
  await using project = await builds.project(body, tree, (name) => name === "DEPLOY_KEY" ? pem : undefined);
  const { signed } = await project.build();
  assert.equal(signed!.state, "built");
  const found = logged(project).flatMap((line) => /found ([^:]+: .*)$/.exec(line)?.slice(1) ?? []).filter((line) => {
    return !line.includes("SSH_AUTH_SOCK");
  });
  assert.deepEqual(found, [
    "keys of the agent: 1",
    "signatures: made",
    "the key itself: none",
    "mounts of the builder: none",
    "an agent: []",
  ]);
  assertHidden([secret], "the story", JSON.stringify(project.events));
  assertHidden([secret, "DEPLOY_KEY"], "AWS", await builds.inAws());
});

Deno.test("fetcher, BuildKit and steps go through the proxy, and the image keeps nothing of it", async () => {
  const port = 18_092;
  await using proxy = serveProxy(port);
  const url = `http://${bridge.address}:${port}`;
  const body = `images: { via: image({ context: "./via", resources }) },
    builder: { ${reaching(port)}, proxy: { http: "${url}", https: "${url}", no: [".example.com"] } }`;
  const tree = { "via/Dockerfile": `${FROM}\nRUN echo "proxy: $HTTPS_PROXY $no_proxy"\n` };
  await using project = await builds.project(body, tree);
  const { via } = await project.build();
  assert.equal(via!.state, "built");
  assert.ok(logged(project).some((line) => line.includes(`proxy: ${url} localhost,`) && line.includes(".example.com")));
  assert.ok(proxy.asked.includes(`${bridge.address}:${builds.port}`), `the fetcher: ${proxy.asked}`);
  assert.ok(proxy.asked.some((host) => host.startsWith(builds.registry)), `the push: ${proxy.asked}`);
  assert.ok(proxy.asked.some((host) => /docker\.io/.test(host)), `the base: ${proxy.asked}`);
  const { manifest } = (await registryManifest(`${builds.registry}/${NAME}/via`, via!.digest!))!;
  assertHidden(
    [url],
    "the image",
    JSON.stringify(manifest) + await inRegistry(`${builds.registry}/${NAME}/via`, via!.digest!),
  );
});

Deno.test("the login to ECR outlives the session that asked for it: all sessions end while a step runs, and the push goes on", async () => {
  const tree = { "long/Dockerfile": `${FROM}\nRUN echo "step: runs" && sleep 8 && date > /date\n` };
  await using project = await builds.project(`images: { long: image({ context: "./long", resources }) }`, tree);
  const building = project.build();
  for (const until = Date.now() + 90_000; !logged(project).some((line) => line.endsWith("step: runs"));) {
    assert.ok(Date.now() < until, "the step does not run");
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  const response = await fetch(`${builds.url}/_lab/sessions`, { method: "DELETE" });
  assert.ok((await response.json()).ended > 0);
  assert.equal((await building).long!.state, "built");
});

/** A proxy for CONNECT, which also knows where the lab's Internet is; tells where it was asked to connect to. */
function serveProxy(port: number) {
  const asked: string[] = [], listener = Deno.listen({ hostname: bridge.address, port });
  const tunnel = async (client: Deno.Conn) => {
    const chunk = Buffer.alloc(8192), read = await client.read(chunk) ?? 0;
    const [, host = "", at = ""] = /^CONNECT ([^:\s]+):(\d+) /.exec(chunk.toString("latin1", 0, read)) ?? [];
    asked.push(`${host}:${at}`);
    const hostname = /^[\d.]+$/.test(host) ? host : internet;
    const server = await Deno.connect({ hostname, port: Number(at) });
    await client.write(Buffer.from("HTTP/1.1 200 Connection established\r\n\r\n"));
    await Promise.allSettled([client.readable.pipeTo(server.writable), server.readable.pipeTo(client.writable)]);
  };
  const serving = (async () => {
    for await (const client of listener) tunnel(client).catch(() => client.close());
  })();
  return {
    asked,
    [Symbol.asyncDispose]: async () => {
      listener.close();
      await serving.catch(() => {});
    },
  };
}
