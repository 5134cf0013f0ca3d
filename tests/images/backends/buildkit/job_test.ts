import assert from "node:assert/strict";
import { toYaml } from "../../../../lib/adapters/yaml.ts";
import { buildctlArgs, buildJob } from "../../../../lib/images/backends/buildkit/job.ts";
import { PINS } from "../../../../lib/core/pins.ts";
import type { Builder, Image, JobSpec } from "../../../../lib/plan/types.ts";
import { golden } from "../../../golden.ts";
import { builder, jobSpec, pool } from "../../specs.ts";

const template = await Deno.readTextFile(new URL("../../../../templates/build-job.yaml", import.meta.url));

function job(changes: Partial<Image> = {}, more: Partial<JobSpec> = {}, other: Partial<Builder> = {}) {
  const [script, job] = buildJob(jobSpec(changes, more), { ...builder, ...other }, template, "// the script\n");
  const { spec } = job!["spec"].template;
  return { script: script!, job: job!, spec, fetch: spec.initContainers[0], buildkit: spec.containers[0] };
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

Deno.test("the script's ConfigMap is named by the script and cannot be changed", () => {
  const { script, spec } = job();
  const other = buildJob(jobSpec(), builder, template, "// another\n")[0]!;
  assert.notEqual(other.metadata.name, script.metadata.name);
  assert.equal(script["immutable"], true);
  assert.equal(
    spec.volumes.find((volume: { name: string }) => volume.name === "script").configMap.name,
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
  const { job: whole, spec, fetch, buildkit } = job();
  const { annotations } = whole["spec"].template.metadata;
  assert.equal(annotations["eks.amazonaws.com/skip-containers"], "buildkit");
  assert.equal(annotations["karpenter.sh/do-not-disrupt"], "true");
  assert.equal(spec.automountServiceAccountToken, false);
  assert.equal(fetch.securityContext.readOnlyRootFilesystem, true);
  assert.deepEqual(fetch.securityContext.capabilities, { drop: ["ALL"] });
  assert.ok(!JSON.stringify(buildkit).includes("PUSH_ROLE"));
});

Deno.test("a build is kept from being moved on on-demand nodes alone: elsewhere that would take its notice away", () => {
  const annotation = (capacity: typeof pool.capacity) => {
    return job({}, { pool: { ...pool, capacity } }).job["spec"].template.metadata.annotations;
  };
  const key = "karpenter.sh/do-not-disrupt";
  assert.equal(annotation(["on-demand"])[key], "true");
  for (const capacity of [["spot"], ["spot", "on-demand"], ["reserved", "on-demand"]] as const) {
    assert.equal(annotation(capacity)[key], undefined, capacity.join());
    assert.equal(annotation(capacity)["eks.amazonaws.com/skip-containers"], "buildkit");
  }
});

Deno.test("a failure of the user's ends the Job, a disruption counts against its tries", () => {
  const { backoffLimit, podFailurePolicy, template } = job().job["spec"];
  const [disruption, failure] = podFailurePolicy.rules;
  assert.equal(backoffLimit, 3);
  assert.deepEqual(disruption, { action: "Count", onPodConditions: [{ type: "DisruptionTarget", status: "True" }] });
  assert.deepEqual(failure.onExitCodes, { containerName: "buildkit", operator: "In", values: [42] });
  assert.equal(template.spec.restartPolicy, "Never");
});

Deno.test("BuildKit has a user namespace of its pod, is uid 1000 unconfined, or root, each with its state folder", () => {
  const made = (isolation: Builder["isolation"]) => {
    const { spec, buildkit } = job({}, {}, { isolation });
    const named = <T extends { name: string }>(list: T[], wanted: string) => list.find(({ name }) => name === wanted);
    return {
      hostUsers: spec.hostUsers,
      context: buildkit.securityContext,
      state: named<{ name: string; mountPath: string }>(buildkit.volumeMounts, "state")?.mountPath,
      flags: named<{ name: string; value: string }>(buildkit.env, "BUILDKITD_FLAGS")?.value,
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
  assert.equal(whole["spec"].activeDeadlineSeconds, 77);
  assert.equal(whole["spec"].ttlSecondsAfterFinished, 9);
  assert.deepEqual(buildkit.resources, { requests: { cpu: "2", memory: "4Gi" } });
});

Deno.test("dollars of the user's arguments reach BuildKit as they are, though Kubernetes reads $(NAME)", () => {
  const { buildkit } = job({ args: { A: "$(DOCKER_CONFIG) $$ $x, y=z" } });
  assert.ok(buildkit.args.includes("--opt=build-arg:A=$$(DOCKER_CONFIG) $$$$ $$x, y=z"), buildkit.args.join("\n"));
});

Deno.test("the user's own SOURCE_DATE_EPOCH counts, as the last of two does", () => {
  const spec = jobSpec({ args: { SOURCE_DATE_EPOCH: "1700000000" } });
  const given = buildctlArgs(spec, PINS.sbomScanner).filter((arg) => arg.includes("EPOCH"));
  assert.deepEqual(given, ["--opt=build-arg:SOURCE_DATE_EPOCH=0", "--opt=build-arg:SOURCE_DATE_EPOCH=1700000000"]);
});

Deno.test("attestations are asked for by mode and by the exact scanner, and the key is on the index that is pushed", () => {
  const scanner = "mirror.example.com/hub/docker/buildkit-syft-scanner:1.11.0";
  const args = (changes: Partial<Image>) => buildctlArgs(jobSpec(changes), scanner);
  const key = jobSpec().build.key,
    output = (changes: Partial<Image>) => {
      return args(changes).find((arg) => arg.startsWith("--output="))!;
    };
  assert.ok(!args({}).some((arg) => arg.includes("attest:")));
  assert.ok(!output({}).includes("annotation-index"), "BuildKit refuses it for a single manifest");
  assert.ok(args({ provenance: "max" }).includes("--opt=attest:provenance=mode=max"));
  assert.ok(args({ sbom: true }).includes(`--opt=attest:sbom=generator=${scanner}`));
  assert.match(PINS.sbomScanner, /:\d+\.\d+\.\d+$/);
  for (const changes of [{ provenance: "min" }, { sbom: true }] as const) {
    assert.ok(output(changes).includes(`,annotation-index.dev.unitune.key=${key}`));
  }
});

Deno.test("registries become the daemon's config, named by its content; the client trusts their certificates too", () => {
  const ca = "-----BEGIN CERTIFICATE-----\nMAAA\n-----END CERTIFICATE-----\n";
  const registries = [
    { host: "docker.io", mirror: "mirror.example.com/hub", plainHttp: false, ca },
    { host: "quay.io", mirror: "cache.internal:5000", plainHttp: true, ca: null },
    { host: "registry.internal", mirror: null, plainHttp: false, ca },
  ];
  const make = (changes: Partial<Builder>) => buildJob(jobSpec(), { ...builder, ...changes }, template, "// s\n");
  const [, config, whole] = make({ registries }), { data } = config as unknown as { data: Record<string, string> };
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
  const { volumes, containers: [buildkit] } = whole!["spec"].template.spec;
  assert.deepEqual(volumes.at(-1), { name: "buildkitd", configMap: { name: config!.metadata.name } });
  const flags = (container: typeof buildkit) =>
    container.env.find(({ name }: { name: string }) => name === "BUILDKITD_FLAGS")?.value;
  const flag = "--config=/unitune/buildkitd/buildkitd.toml";
  assert.equal(flags(buildkit), flag);
  const rootless = make({ registries, isolation: "rootless" })[2]!["spec"].template.spec.containers[0];
  assert.equal(flags(rootless), `--oci-worker-no-process-sandbox ${flag}`);
  for (const host of ["mirror.example.com", "registry.internal"]) {
    assert.ok(buildkit.args.includes(`--registry-auth-tlscontext=host=${host},ca=/unitune/buildkitd/${file}`));
  }
  assert.notEqual(make({ registries: registries.slice(1) })[1]!.metadata.name, config!.metadata.name);
});

Deno.test("platforms that are built side by side do not share a cache tag", () => {
  const cache = (changes: Partial<Image>) =>
    buildctlArgs(jobSpec(changes), PINS.sbomScanner).find((arg) => arg.startsWith("--import-cache"));
  assert.match(cache({})!, /acme\/trainer:buildcache$/);
  assert.match(cache({ platforms: ["linux/amd64", "linux/arm64"] })!, /:buildcache-amd64$/);
});

Deno.test("the session may pull what the image is built from", () => {
  const registry = "123456789012.dkr.ecr.us-west-2.amazonaws.com";
  const needs = {
    a: `${registry}/acme/b@sha256:1`,
    b: `${registry}/acme/a@sha256:2`,
    c: `${registry}/acme/b@sha256:1`,
  };
  const env = Object.fromEntries(
    job({}, { needs }).fetch.env.map((item: { name: string; value: string }) => [item.name, item.value]),
  );
  assert.equal(env["PULL_REPOSITORIES"], "acme/a,acme/b");
  assert.equal(env["PUSH_REPOSITORY"], "acme/trainer");
  assert.equal(env["REGISTRY_ACCOUNT"], "123456789012");
  assert.equal(env["REGISTRY_REGION"], "us-west-2");
});
