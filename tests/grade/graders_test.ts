/** cfn-lint, checkov, parliament and kube-score over everything that the graded configs become. */
import assert from "node:assert/strict";
import { UNDEPLOYED } from "../../lib/actions/observe.ts";
import { plannedJob } from "../../lib/actions/jobs.ts";
import { openFiles } from "../../lib/project/files.ts";
import { policiesOf as ofCommands } from "../../lib/project/policies.ts";
import { toYaml } from "../../lib/adapters/yaml.ts";
import { KUBE_SCORE, PARLIAMENT } from "./answers.ts";
import { gradedConfigs } from "./configs.ts";
import { policiesOf } from "./policies.ts";
import { goTool, python } from "./tools.ts";

const folder = await Deno.makeTempDir({ prefix: "unitune-grade-" });
globalThis.addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));
const templates: string[] = [], policies = `${folder}/policies`, manifests: string[] = [];

Deno.test.beforeAll(async () => {
  await Deno.mkdir(`${folder}/stacks`);
  await Deno.mkdir(policies);
  for (const config of (await gradedConfigs()).values()) {
    const files = await openFiles(config.name === "acme-ml-prod" ? { ...config, images: [] } : config);
    for await (const { name } of Deno.readDir(await files.assemblies.folder())) {
      if (!name.endsWith(".template.json")) continue;
      const text = await Deno.readTextFile(`${await files.assemblies.folder()}/${name}`);
      templates.push(`${folder}/stacks/${name}`);
      await Deno.writeTextFile(templates.at(-1)!, text);
      for (const [path, policy] of policiesOf(JSON.parse(text))) {
        await Deno.writeTextFile(`${policies}/${name.split(".")[0]}.${path}.json`, JSON.stringify(policy));
      }
    }
    for (const [name, documents] of Object.entries(await ofCommands(config))) {
      for (const [index, policy] of documents.entries()) {
        await Deno.writeTextFile(`${policies}/${config.name}.${name}-${index}.json`, JSON.stringify(policy));
      }
    }
    const deployed = { ...UNDEPLOYED, region: config.region };
    const jobs = (await files.contexts.builds()).flatMap((build) => plannedJob(files, build));
    for (const object of [...files.objects.cluster(deployed), ...files.objects.helm("install", deployed), ...jobs]) {
      manifests.push(`${folder}/${config.name}-${manifests.length}.yaml`);
      await Deno.writeTextFile(manifests.at(-1)!, toYaml([object]));
    }
    await files.close();
  }
});

Deno.test("cfn-lint has no error and no warning", async () => {
  const { code, stdout } = await python("cfn-lint", ["--format", "parseable", ...templates]);
  assert.equal(stdout, "");
  assert.equal(code, 0);
});

interface Checkov {
  readonly summary: { readonly passed: number; readonly resource_count: number };
  readonly results: { readonly failed_checks: readonly { readonly check_id: string; readonly resource: string }[] };
}

async function checkov(path: string): Promise<Checkov> {
  const args = ["-d", path, "--framework", "cloudformation", "-o", "json", "--quiet", "--compact"];
  return JSON.parse((await python("checkov", args)).stdout);
}

Deno.test("checkov has no finding that is not answered in the template's metadata", async () => {
  const { summary, results } = await checkov(`${folder}/stacks`);
  assert.ok(summary.resource_count > 100 && summary.passed > 100);
  assert.deepEqual(results.failed_checks.map(({ check_id, resource }) => `${check_id} ${resource}`), []);
});

interface Finding {
  readonly severity: string;
  readonly issue: string;
  readonly detail: unknown;
  readonly location: { readonly filepath?: string };
}

async function parliament(path: string): Promise<Finding[]> {
  const { stdout, stderr } = await python("parliament", ["--directory", path, "--json"]);
  assert.doesNotMatch(stderr, /Traceback/);
  return stdout.split("\n").filter(Boolean).map((line) => JSON.parse(line));
}

Deno.test("parliament finds nothing above low in any policy but what is answered", async () => {
  const high = (await parliament(policies)).filter(({ severity }) => !["LOW", "INFO", "MUTED"].includes(severity));
  // `acme-eks.KarpenterZonalShiftPolicy80D8419B.PolicyDocument.json`
  const found = high.map(({ issue, location }) => {
    return `${location.filepath!.split("/").at(-1)!.split(".")[1]!.replace(/[0-9A-F]{8}$/, "")} ${issue}`;
  });
  assert.deepEqual([...new Set(found)].toSorted(), Object.keys(PARLIAMENT).toSorted());
});

interface Scored {
  readonly object_name: string;
  readonly type_meta: { readonly kind: string };
  readonly checks: readonly {
    readonly check: { readonly id: string };
    readonly grade: number;
    readonly skipped: boolean;
  }[];
}

/** kube-score's grade of what it calls critical. */
const CRITICAL = 1;

async function critical(files: readonly string[]): Promise<string[]> {
  const { stdout } = await goTool("kube-score", ["score", "--output-format", "json", ...files]);
  const found = (JSON.parse(stdout) as Scored[]).flatMap(({ type_meta, checks }) =>
    (checks ?? []).filter(({ grade, skipped }) => !skipped && grade <= CRITICAL)
      .map(({ check }) => `${type_meta.kind} ${check.id}`)
  );
  return [...new Set(found)].toSorted();
}

Deno.test("kube-score finds nothing critical in any Job or DaemonSet but what is answered", async () => {
  assert.deepEqual(await critical(manifests), Object.keys(KUBE_SCORE).toSorted());
});

Deno.test("the graders find what is wrong", async () => {
  const bad = `${folder}/bad`;
  await Deno.mkdir(bad);
  const open = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "s3:GetObjekt", Resource: "*" }] };
  const Resources = { Bucket: { Type: "AWS::S3::Bucket", Properties: { BucketNam: "x" } } };
  await Deno.writeTextFile(`${bad}/bad.template.json`, JSON.stringify({ Resources }));
  assert.match((await python("cfn-lint", ["--format", "parseable", `${bad}/bad.template.json`])).stdout, /BucketNam/);
  assert.ok((await checkov(bad)).results.failed_checks.some(({ check_id }) => check_id === "CKV_AWS_18"));
  await Deno.mkdir(`${bad}/policies`);
  await Deno.writeTextFile(`${bad}/policies/bad.json`, JSON.stringify(open));
  assert.ok((await parliament(`${bad}/policies`)).some(({ issue }) => issue === "UNKNOWN_ACTION"));
  const spec = { containers: [{ name: "c", image: "nginx:latest" }] };
  const pod = { apiVersion: "v1", kind: "Pod", metadata: { name: "bad", namespace: "x" }, spec };
  await Deno.writeTextFile(`${bad}/pod.yaml`, toYaml([pod]));
  assert.ok((await critical([`${bad}/pod.yaml`])).includes("Pod container-image-tag"));
});
