import assert from "node:assert/strict";
import { toYaml } from "../../../../lib/adapters/yaml.ts";
import { buildJob } from "../../../../lib/images/backends/buildkit/job.ts";
import { PINS } from "../../../../lib/core/pins.ts";
import type { Builder, Image, JobSpec } from "../../../../lib/plan/types.ts";
import { golden } from "../../../golden.ts";
import { envOf, ofKind } from "../../../objects.ts";
import { builder, jobSpec, pool } from "../../specs.ts";

const template = await Deno.readTextFile(new URL("../../../../templates/build-job.yaml", import.meta.url));

function job(changes: Partial<Image> = {}, more: Partial<JobSpec> = {}, other: Partial<Builder> = {}) {
  const objects = buildJob(jobSpec(changes, more), { ...builder, ...other }, template, "// the script\n");
  const [script, daemon] = ofKind(objects, "ConfigMap"), [whole] = ofKind(objects, "Job"), job = whole!.spec!;
  const spec = job.template.spec!, { initContainers: [fetch] = [], containers: [buildkit] } = spec;
  return { script: script!, daemon, job, spec, fetch: fetch!, buildkit: buildkit! };
}

Deno.test("a Job is written as people looked at it", async () => {
  const needs = { base: "123456789012.dkr.ecr.us-west-2.amazonaws.com/acme/base@sha256:" + "a".repeat(64) };
  const changes = { args: { CUDA: "12" }, labels: { team: "ml" }, target: "train", needs: { base: "base" } };
  const objects = buildJob(jobSpec(changes, { needs }), builder, template, "// the script\n");
  await golden("build/job.yaml", toYaml(objects));
});

for (const isolation of ["userns", "rootless", "privileged"] as const) {
  Deno.test(`a Job that is isolated by "${isolation}" is written as people looked at it`, async () => {
    const changes = { secrets: { hf: { env: "HF_TOKEN" } } };
    const isolated = { ...builder, isolation, image: PINS.buildkit[isolation === "rootless" ? "rootless" : "image"] };
    await golden(
      `build/job-${isolation}.yaml`,
      toYaml(buildJob(jobSpec(changes), isolated, template, "// s\n").slice(-1)),
    );
  });
}

Deno.test("a kept state is on the claim's volume, which only BuildKit mounts, and holds no record of builds", () => {
  const cacheClaim = "cache-trainer-amd64", { spec, fetch, buildkit, daemon } = job({}, { cacheClaim });
  assert.deepEqual(spec.volumes?.find(({ name }) => name === "state"), {
    name: "state",
    persistentVolumeClaim: { claimName: cacheClaim },
  });
  assert.ok(fetch.volumeMounts?.every(({ name }) => name !== "state"));
  assert.equal(spec.initContainers?.length, 1);
  assert.ok(
    buildkit.volumeMounts?.some(({ name, mountPath }) => name === "state" && mountPath === "/var/lib/buildkit"),
  );
  const toml = daemon!.data!["buildkitd.toml"]!;
  assert.match(toml, /maxUsedSpace = "75%"/);
  assert.match(toml, /\[history\]\nmaxEntries = 0\n/);
  assert.doesNotMatch(toml, /exec\.cachemount/, "cache mounts are not dropped before the rest");
  assert.equal(job().daemon, undefined, "a state that ends with its pod has BuildKit's defaults");
});

Deno.test("a rootless BuildKit is given its new volume, by a container that may do nothing else", () => {
  const { spec } = job({}, { cacheClaim: "cache" }, { isolation: "rootless" });
  const { command, securityContext, volumeMounts, env } = spec.initContainers!.at(-1)!;
  assert.deepEqual(command, ["chown", "1000:1000", "/state"]);
  assert.deepEqual(securityContext?.capabilities, { drop: ["ALL"], add: ["CHOWN"] });
  assert.deepEqual([volumeMounts, env], [[{ name: "state", mountPath: "/state" }], undefined]);
});

Deno.test("the script's ConfigMap is named by the script and cannot be changed", () => {
  const { script, spec } = job();
  const other = buildJob(jobSpec(), builder, template, "// another\n")[0]!;
  assert.notEqual(other.metadata.name, script.metadata.name);
  assert.equal(script.immutable, true);
  assert.equal(
    spec.volumes?.find((volume) => volume.name === "script")?.configMap?.name,
    script.metadata.name,
  );
});

Deno.test("the pod goes to the builder's pool and to a node of its platform, past the pool's taints", () => {
  const taints = [{ key: "team", value: "ml", effect: "NoExecute" as const }];
  const { spec } = job({}, { platform: "linux/arm64", pool: { ...pool, taints } });
  assert.deepEqual(spec.nodeSelector, { "karpenter.sh/nodepool": "builder", "kubernetes.io/arch": "arm64" });
  assert.deepEqual(spec.tolerations, [
    { key: "team", operator: "Equal", value: "ml", effect: "NoExecute" },
    { key: "unitune.dev/builder", operator: "Equal", value: "true", effect: "NoSchedule" },
  ]);
  assert.deepEqual(job({}, { pool: { ...pool, builder: false } }).spec.tolerations, []);
});

Deno.test("only the fetching container gets a role, and it is locked down; BuildKit's has no credentials", () => {
  const { job: { template: pod }, spec, fetch, buildkit } = job();
  const { annotations = {} } = pod.metadata!;
  assert.equal(annotations["eks.amazonaws.com/skip-containers"], "buildkit");
  assert.equal(annotations["karpenter.sh/do-not-disrupt"], "true");
  assert.equal(spec.automountServiceAccountToken, false);
  assert.equal(fetch.securityContext?.readOnlyRootFilesystem, true);
  assert.deepEqual(fetch.securityContext?.capabilities, { drop: ["ALL"] });
  assert.ok(!JSON.stringify(buildkit).includes("PUSH_ROLE"));
});

Deno.test("a build is kept from being moved on on-demand nodes alone: elsewhere that would take its notice away", () => {
  const annotation = (capacity: typeof pool.capacity) => {
    return job({}, { pool: { ...pool, capacity } }).job.template.metadata!.annotations!;
  };
  const key = "karpenter.sh/do-not-disrupt";
  assert.equal(annotation(["on-demand"])[key], "true");
  for (const capacity of [["spot"], ["spot", "on-demand"], ["reserved", "on-demand"]] as const) {
    assert.equal(annotation(capacity)[key], undefined, capacity.join());
    assert.equal(annotation(capacity)["eks.amazonaws.com/skip-containers"], "buildkit");
  }
});

Deno.test("a failure of the user's ends the Job, a disruption counts against its tries", () => {
  const { backoffLimit, podFailurePolicy, template } = job().job;
  const [disruption, failure] = podFailurePolicy!.rules;
  assert.equal(backoffLimit, 3);
  assert.deepEqual(disruption, { action: "Count", onPodConditions: [{ type: "DisruptionTarget", status: "True" }] });
  assert.deepEqual(failure?.onExitCodes, { containerName: "buildkit", operator: "In", values: [42, 137, 143] });
  assert.equal(template.spec?.restartPolicy, "Never");
});

Deno.test("BuildKit has a user namespace of its pod, is uid 1000 unconfined, or root, each with its state folder", () => {
  const made = (isolation: Builder["isolation"]) => {
    const { spec, buildkit } = job({}, {}, { isolation });
    return {
      hostUsers: spec.hostUsers,
      context: buildkit.securityContext,
      state: buildkit.volumeMounts?.find(({ name }) => name === "state")?.mountPath,
      flags: envOf(buildkit)["BUILDKITD_FLAGS"],
    };
  };
  const root = { context: { privileged: true }, state: "/var/lib/buildkit", flags: undefined };
  assert.deepEqual(made("userns"), { ...root, hostUsers: false });
  assert.deepEqual(made("privileged"), { ...root, hostUsers: undefined });
  const Unconfined = { type: "Unconfined" };
  assert.deepEqual(made("rootless"), {
    hostUsers: undefined,
    context: { runAsUser: 1000, runAsGroup: 1000, seccompProfile: Unconfined, appArmorProfile: Unconfined },
    state: "/home/user/.local/share/buildkit",
    flags: "--oci-worker-no-process-sandbox",
  });
});

Deno.test("whatever BuildKit is, what fetches is uid 1000, without capabilities and privileges, and no token is mounted", () => {
  for (const isolation of ["userns", "rootless", "privileged"] as const) {
    const { spec, fetch } = job({}, {}, { isolation });
    assert.equal(spec.automountServiceAccountToken, false);
    assert.deepEqual(fetch.securityContext, {
      runAsNonRoot: true,
      runAsUser: 1000,
      runAsGroup: 1000,
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
      seccompProfile: { type: "RuntimeDefault" },
    });
  }
});

Deno.test("limits of time, requests and lifetime come from the config", () => {
  const { job: whole, buildkit } = job({ timeoutSeconds: 77 }, {}, { ttlSeconds: 9 });
  assert.equal(whole.activeDeadlineSeconds, 77);
  assert.equal(whole.ttlSecondsAfterFinished, 9);
  const disk = { "ephemeral-storage": "40Gi" };
  assert.deepEqual(buildkit.resources, {
    requests: { cpu: "2", memory: "4Gi", ...disk },
    limits: { memory: "4Gi", ...disk },
  });
  const [fetcher] = whole.template.spec!.initContainers!;
  assert.equal(fetcher!.resources!.limits!["ephemeral-storage"], "40Gi", "the larger limit would be the pod's");
});

Deno.test("dollars of the user's arguments reach BuildKit as they are, though Kubernetes reads $(NAME)", () => {
  const { buildkit } = job({ args: { A: "$(DOCKER_CONFIG) $$ $x, y=z" } });
  assert.ok(buildkit.args?.includes("--opt=build-arg:A=$$(DOCKER_CONFIG) $$$$ $$x, y=z"), buildkit.args?.join("\n"));
});

Deno.test("registries become the daemon's config, named by its content; the client trusts their certificates too", () => {
  const ca = "-----BEGIN CERTIFICATE-----\nMAAA\n-----END CERTIFICATE-----\n";
  const registries = [
    { host: "docker.io", mirror: "mirror.example.com/hub", plainHttp: false, ca, auth: null },
    { host: "quay.io", mirror: "cache.internal:5000", plainHttp: true, ca: null, auth: null },
    { host: "registry.internal", mirror: null, plainHttp: false, ca, auth: null },
  ];
  const { daemon, spec: { volumes = [] }, buildkit } = job({}, {}, { registries }), { data = {} } = daemon!;
  const [file] = Object.keys(data).filter((name) => name.endsWith(".pem"));
  assert.deepEqual(Object.keys(data), ["buildkitd.toml", file]);
  assert.equal(data[file!], ca);
  assert.equal(
    data["buildkitd.toml"],
    `[registry."cache.internal:5000"]
http = true

[registry."docker.io"]
mirrors = ["mirror.example.com/hub"]

[registry."mirror.example.com"]
http = false
ca = ["/unitune/buildkitd/${file}"]

[registry."quay.io"]
mirrors = ["cache.internal:5000"]

[registry."registry.internal"]
http = false
ca = ["/unitune/buildkitd/${file}"]
`,
  );
  assert.deepEqual(volumes.at(-1), { name: "buildkitd", configMap: { name: daemon!.metadata.name } });
  const flag = "--config=/unitune/buildkitd/buildkitd.toml";
  assert.equal(envOf(buildkit)["BUILDKITD_FLAGS"], flag);
  const rootless = job({}, {}, { registries, isolation: "rootless" }).buildkit;
  assert.equal(envOf(rootless)["BUILDKITD_FLAGS"], `--oci-worker-no-process-sandbox ${flag}`);
  for (const host of ["mirror.example.com", "registry.internal"]) {
    assert.ok(buildkit.args?.includes(`--registry-auth-tlscontext=host=${host},ca=/unitune/buildkitd/${file}`));
  }
  const other = job({}, {}, { registries: registries.slice(1) }).daemon;
  assert.notEqual(other!.metadata.name, daemon!.metadata.name);
});

Deno.test("the session may pull what the image is built from", () => {
  const registry = "123456789012.dkr.ecr.us-west-2.amazonaws.com";
  const needs = {
    a: `${registry}/acme/b@sha256:1`,
    b: `${registry}/acme/a@sha256:2`,
    c: `${registry}/acme/b@sha256:1`,
  };
  const env = envOf(job({}, { needs }).fetch);
  assert.equal(env["PULL_REPOSITORIES"], "acme/a,acme/b");
  assert.equal(env["PUSH_REPOSITORY"], "acme/trainer");
  assert.equal(env["REGISTRY_ACCOUNT"], "123456789012");
  assert.equal(env["REGISTRY_REGION"], "us-west-2");
});

const LOGIN = { username: "robot", password: { env: "REGISTRY_TOKEN" } };

Deno.test("logins are in the Job's Secret, mounted by the container that fetches; without other options BuildKit's daemon has no config", () => {
  const registries = [{ host: "ghcr.io", mirror: null, plainHttp: false, ca: null, auth: LOGIN }];
  const { daemon, job: whole, spec: { volumes = [] }, fetch, buildkit } = job({}, {}, { registries });
  assert.equal(daemon, undefined);
  assert.equal(whole.suspend, true, "the Secret needs the Job's uid");
  assert.deepEqual(volumes.at(-1), {
    name: "logins",
    secret: {
      secretName: "trainer-amd64-0123456789ab",
      items: [{ key: ".dockerconfigjson", path: "config.json" }],
      defaultMode: 0o444,
    },
  });
  assert.deepEqual(fetch.volumeMounts?.at(-1), { name: "logins", mountPath: "/logins", readOnly: true });
  assert.equal(envOf(fetch)["LOGINS"], "/logins/config.json");
  assert.ok(!buildkit.volumeMounts?.some(({ name }) => name === "logins"));
  assert.doesNotMatch(JSON.stringify([whole, fetch, buildkit]), /robot|REGISTRY_TOKEN/);
});

Deno.test("a login to the mirror changes nothing of how BuildKit reaches it", () => {
  const mirror = { host: "docker.io", mirror: "mirror.example.com", plainHttp: false, ca: "CA", auth: null };
  const login = { host: "mirror.example.com", mirror: null, plainHttp: false, ca: null, auth: LOGIN };
  const daemonOf = (registries: Builder["registries"]) => job({}, {}, { registries }).daemon;
  assert.deepEqual(daemonOf([mirror, login]), daemonOf([mirror]));
});

Deno.test("the session may read the repositories that builder.pull names, and fill only caches", () => {
  const host = "763104351884.dkr.ecr.us-west-2.amazonaws.com";
  const env = envOf(job({}, {}, { reads: [`${host}/pytorch-training`], pulls: [`${host}/hub/*`] }).fetch);
  assert.equal(env["PULL_BASES"], `${host}/pytorch-training`);
  assert.equal(env["PULL_MIRRORS"], `${host}/hub/*`);
});

Deno.test("SSH keys are files of the Job's Secret that BuildKit's client alone mounts, apart from secrets of the same id", () => {
  const changes = { secrets: { hub: { env: "HUB" } }, ssh: { default: { env: "KEY" }, hub: { file: "./key" } } };
  const { job: whole, spec: { volumes = [] }, fetch, buildkit } = job(changes);
  assert.equal(whole.suspend, true);
  assert.deepEqual(volumes.find(({ name }) => name === "ssh")?.secret, {
    secretName: "trainer-amd64-0123456789ab",
    items: [{ key: ".ssh-default", path: "default" }, { key: ".ssh-hub", path: "hub" }],
    defaultMode: 0o444,
  });
  const given = buildkit.args?.filter((argument) => /^--(ssh|secret)=/.test(argument));
  assert.deepEqual(given, [
    "--secret=id=hub,src=/unitune/secrets/hub",
    "--ssh=default=/unitune/ssh/default",
    "--ssh=hub=/unitune/ssh/hub",
  ]);
  assert.ok(!fetch.volumeMounts?.some(({ name }) => name === "ssh"));
});

Deno.test("a proxy is environment for both containers and the predefined arguments of steps; the agent of Pod Identity is reached without", () => {
  const proxy = { http: null, https: "http://proxy.example.com:3128", no: [".amazonaws.com"] };
  const { fetch, buildkit } = job({}, {}, { proxy });
  const no = "localhost,127.0.0.1,169.254.170.23,.amazonaws.com";
  for (const container of [fetch, buildkit]) {
    assert.equal(envOf(container)["HTTPS_PROXY"], proxy.https);
    assert.equal(envOf(container)["NO_PROXY"], no);
    assert.ok(!("HTTP_PROXY" in envOf(container)));
  }
  assert.equal(envOf(fetch)["NODE_USE_ENV_PROXY"], "1");
  const argumentsOf = ({ args = [] }: typeof buildkit) => args.filter((one) => /proxy/i.test(one));
  assert.deepEqual(argumentsOf(buildkit), [
    `--opt=build-arg:HTTPS_PROXY=${proxy.https}`,
    `--opt=build-arg:NO_PROXY=${no}`,
  ]);
  const own = job({ args: { https_proxy: "http://other:1", No_Proxy: "x" } }, {}, { proxy }).buildkit;
  assert.deepEqual(argumentsOf(own), ["--opt=build-arg:No_Proxy=x", "--opt=build-arg:https_proxy=http://other:1"]);
});
