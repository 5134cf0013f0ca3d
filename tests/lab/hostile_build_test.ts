/** A hostile Dockerfile: what a RUN step looks for, and what it finds. `docs/build-isolation.md` holds the same list. */
import assert from "node:assert/strict";
import type { UnituneError } from "../../lib/core/errors.ts";
import { PINS } from "../../lib/core/pins.ts";
import { type Bench, type Builds, NAME, namespace, startBuilds } from "./builds.ts";
import { kubectl } from "./lab.ts";
import { bridge, credentials, nodes, ports, region, services } from "./layout.ts";

const account = "210000000034";
const registry = `${account}.dkr.ecr.${region}.amazonaws.com`;
const probe = await Deno.readTextFile(new URL("hostile/probe.cjs", import.meta.url));
const FROM = `FROM ${PINS.fetcherImage}\n`;
let builds: Builds;

Deno.test.beforeAll(async () => {
  builds = await startBuilds({ account, port: 4664 });
});

Deno.test.afterAll(() => builds?.stop());

const VICTIM = `RUN touch /canary-of-the-victim && \
  node -e 'process.title = "victim"; require("net").createServer().listen(8080); setTimeout(process.exit, 60000)'`;

/** The address of the victim's pod, once its step listens. */
async function victimAddress(): Promise<string> {
  for (const until = Date.now() + 90_000; Date.now() < until;) {
    const list = await kubectl(["get", "pods", "-n", namespace, "-l", "unitune.dev/image=victim", "-o", "json"]);
    const [pod] = JSON.parse(list).items, address: unknown = pod?.status.podIP;
    const open = typeof address === "string" && await Deno.connect({ hostname: address, port: 8080 }).then(
      (connection) => (connection.close(), true),
      () => false,
    );
    if (open) return address;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  throw new Error("the victim's step does not listen");
}

function addresses(victim: string): string {
  return JSON.stringify({
    api: [bridge.address, ports.api],
    service: services.kubernetes,
    kubelets: nodes.filter(({ kind }) => kind === "system").map(({ address }) => address),
    victim: [victim, 8080],
    registry,
    identity: credentials.address,
    metadata: "169.254.169.254",
    other: `${registry}/v2/${NAME}/victim/manifests/latest`,
  });
}

function told(lines: readonly string[]): Record<string, string> {
  return Object.fromEntries(lines.flatMap((line) => {
    const [, what, answer] = /found ([^:]+): (.*)$/.exec(line) ?? [];
    return what === undefined || line.includes("console.log") ? [] : [[what, answer!]];
  }));
}

const logged = ({ events }: Bench) => events.flatMap((event) => event.type === "log" ? [event.line] : []);

Deno.test("a hostile RUN step finds no credentials, no other build, no builder and no cluster", async () => {
  await using victim = await builds.project(
    `images: { victim: image({ context: "./app", resources, cache: "none" }) }`,
    {
      "app/Dockerfile": `${FROM}${VICTIM}\n`,
    },
  );
  const running = victim.build();
  const address = await victimAddress();
  await using hostile = await builds.project(
    `images: { hostile: image({ context: "./app", resources, cache: "none" }) }`,
    {
      "app/Dockerfile": `${FROM}COPY probe.cjs /\nRUN node /probe.cjs '${addresses(address)}'\n`,
      "app/probe.cjs": probe,
    },
  );
  await hostile.build();
  const found = told(logged(hostile)), control = told((await fromElsewhere(addresses(address))).split("\n"));
  await running;
  assert.deepEqual(found, {
    "credentials in the environment": "none",
    "files of the builder": "none",
    "processes of the builder or of other builds": "none",
    "files of other builds": "none",
    "no new privileges or capabilities beyond a container's": "00000000a80425fb",
    "root on the node": "no",
    "mounting": "refused",
    "writing kernel settings": "refused",
    "abstract sockets": "none",
    "API server, by its Service": "no answer",
    "API server, by its address": "no answer",
    "kubelets": "no answer,no answer",
    "instance metadata": "no answer",
    "another build's port": "no answer",
    "credentials of Pod Identity": "400",
    "registry, as on the Internet": "connects",
    "registry's list of repositories": "401",
    "another image of the registry": "401",
  });
  // From a namespace without a policy the same program connects: it is the policy that keeps builds away.
  const open = ["API server, by its Service", "API server, by its address", "kubelets", "another build's port"];
  assert.deepEqual(open.map((what) => control[what]), ["connects", "connects", "connects,connects", "no answer"]);
});

/** The same program in a pod of another namespace. */
async function fromElsewhere(argument: string): Promise<string> {
  const name = "probe-from-elsewhere", at = ["-n", "default"];
  const containers = [{ name: "main", image: PINS.fetcherImage, command: ["node", "-e", probe, argument] }];
  const spec = { restartPolicy: "Never", tolerations: [{ operator: "Exists" }], containers };
  await kubectl(
    ["create", "-f", "-"],
    JSON.stringify({ apiVersion: "v1", kind: "Pod", metadata: { name, namespace: "default" }, spec }),
  );
  try {
    await kubectl(["wait", "pod", name, ...at, "--timeout=90s", "--for=jsonpath={.status.phase}=Succeeded"]);
    return await kubectl(["logs", name, ...at]);
  } finally {
    await kubectl(["delete", "pod", name, ...at, "--now"]);
  }
}

/** What the build says when BuildKit or the registry refuses what a Dockerfile asks for. */
async function refused(dockerfile: string): Promise<string> {
  await using project = await builds.project(`images: { asking: image({ context: "./app", resources }) }`, {
    "app/Dockerfile": dockerfile,
  });
  const error: UnituneError = await project.build().then(() => assert.fail("was built"), (error) => error);
  return [error.message, ...error.lines].join("\n");
}

Deno.test("a Dockerfile gets no privileges that it asks for", async () => {
  assert.match(await refused(`${FROM}RUN --network=host true\n`), /network\.host is not allowed/);
  assert.match(
    await refused(`${FROM}RUN --security=insecure true\n`),
    /security\.insecure is not allowed|unknown flag: security/,
  );
});

Deno.test("a Dockerfile reads no image of the project that the config does not give it", async () => {
  assert.match(await refused(`FROM ${registry}/${NAME}/victim:latest\n`), /40[13]|denied|not authorized/i);
});
