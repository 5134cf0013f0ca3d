import assert from "node:assert/strict";
import type { Config } from "../../lib/plan/types.ts";
import { OUTPUTS } from "../../lib/core/pins.ts";
import { isUnituneError } from "../../lib/core/errors.ts";
import { image } from "../images/specs.ts";
import { golden } from "../golden.ts";
import { largest, smallest, THERE } from "./config.ts";
import { all, synthesized } from "./templates.ts";

Deno.test("the same config gives the same bytes, wherever they are written and whatever CDK's environment says", async () => {
  const plain = await synthesized(largest());
  const environment = {
    CDK_CONTEXT_JSON: JSON.stringify({
      "aws:cdk:enable-path-metadata": true,
      "@aws-cdk/core:defaultCrossStackReferences": "weak",
      "@aws-cdk/core:enablePartitionLiterals": true,
    }),
    CDK_DEFAULT_ACCOUNT: "999999999999",
    CDK_DEFAULT_REGION: "eu-west-1",
    AWS_REGION: "eu-west-1",
  };
  const before = Object.keys(environment).map((name) => [name, Deno.env.get(name)] as const);
  try {
    for (const [name, value] of Object.entries(environment)) Deno.env.set(name, value);
    assert.deepEqual((await synthesized(largest())).files, plain.files);
  } finally {
    for (const [name, value] of before) value === undefined ? Deno.env.delete(name) : Deno.env.set(name, value);
  }
});

Deno.test("the assembly holds no account, no path of the machine and no asset but the templates", async () => {
  const { files } = await synthesized(largest());
  const { cluster: { admins } } = largest();
  for (const [name, text] of Object.entries(files)) {
    const own = admins.reduce((rest, admin) => rest.replaceAll(admin, ""), text);
    assert.doesNotMatch(own, /\b\d{12}\b/, name);
    for (const path of ["file://", new URL("../..", import.meta.url).pathname, "unitune-infra-"]) {
      assert.ok(!text.includes(path), `${name} names ${path}`);
    }
    if (!name.endsWith(".assets.json")) continue;
    const { files: assets, dockerImages } = JSON.parse(text);
    assert.deepEqual(Object.values(assets).map((asset) => (asset as { source: { path: string } }).source.path), [
      name.replace(".assets.json", ".template.json"),
    ]);
    assert.deepEqual(dockerImages, {});
  }
});

Deno.test("the network is deployed before the cluster, and each stack carries the cluster's tag", async () => {
  const { stacks, files } = await synthesized(largest());
  assert.deepEqual(stacks, ["acme-ml-prod-vpc", "acme-ml-prod-eks"]);
  const { artifacts } = JSON.parse(files["manifest.json"]!);
  assert.ok(artifacts["acme-ml-prod-eks"].dependencies.includes("acme-ml-prod-vpc"));
  for (const stack of stacks) {
    assert.equal(artifacts[stack].environment, "aws://unknown-account/us-west-2");
    assert.deepEqual(artifacts[stack].properties.tags, {
      "cost-center": "42",
      team: "research",
      "unitune:cluster": "acme-ml-prod",
    });
  }
});

Deno.test("the outputs are those that the other rooms read", async () => {
  const { eks } = await synthesized(smallest());
  assert.deepEqual(Object.keys(eks.toJSON().Outputs).sort(), Object.values(OUTPUTS).toSorted());
});

Deno.test("of all resources only repositories outlive the stacks, and placement groups until the clean-up", async () => {
  const { vpc, eks } = await synthesized(largest());
  for (const resource of [...all(vpc), ...all(eks)]) {
    const kept = resource.DeletionPolicy !== undefined && resource.DeletionPolicy !== "Delete";
    assert.equal(kept, ["AWS::ECR::Repository", "AWS::EC2::PlacementGroup"].includes(resource.Type), resource.id);
  }
});

Deno.test("logical ids are a contract: a changed one replaces what is deployed", async () => {
  for (
    const [name, config] of Object.entries({
      smallest: smallest(),
      largest: largest(),
      "existing-vpc": smallest({ network: THERE }),
    })
  ) {
    await golden(`infra/logical-ids-${name}.txt`, await logicalIds(config));
  }
});

Deno.test("logical ids do not depend on the cluster's name or the region", async () => {
  const here = await logicalIds(smallest());
  const there = await logicalIds(smallest({ name: "other", region: "eu-central-1" }));
  assert.equal(there, here);
});

Deno.test("in every partition, ARNs and service names are the partition's own", async () => {
  for (const region of ["us-gov-west-1", "cn-north-1"]) {
    const { files } = await synthesized(largest({ region, cluster: { ...largest().cluster, admins: [] } }));
    for (const [name, text] of Object.entries(files)) assert.doesNotMatch(text, /arn:aws:/, `${region} ${name}`);
  }
});

Deno.test("every name that we give stays within what its service takes, for the longest name", async () => {
  const { eks, vpc } = await synthesized(largest({ name: `a${"-bcdefgh".repeat(3)}-yz` }));
  for (const { id, Properties } of [...all(vpc), ...all(eks)]) {
    for (const key of ["RoleName", "PolicyName", "QueueName", "BucketName", "Name", "NodegroupName"]) {
      const value = Properties[key];
      if (typeof value === "string") assert.ok(value.length <= 64, `${id}.${key}: ${value}`);
    }
  }
});

async function logicalIds(config: Config): Promise<string> {
  const { vpc, eks } = await synthesized(config);
  const lines = (kind: string, template: typeof vpc) =>
    all(template).map(({ id, Type }) => `${kind} ${Type} ${id}`).sort();
  return [...config.network.kind === "own" ? lines("vpc", vpc) : [], ...lines("eks", eks)].join("\n") + "\n";
}

Deno.test("more resources than CloudFormation takes in a stack are refused before anything is deployed", async () => {
  const images = (count: number) => Array.from({ length: count }, (_, at) => image(`image-${at}`));
  const { stacks } = await synthesized(smallest({ images: images(200) }));
  assert.equal(stacks.length, 2);
  const error = await synthesized(smallest({ images: images(600) })).catch((error) => error);
  assert.ok(isUnituneError(error) && error.code === "STACK_TOO_LARGE" && error.exit === 3, String(error));
  assert.match(error.message, /^Cannot create stack acme-eks .* at most 500 resources and 1 MB: found \d+ resources$/);
  assert.equal(error.lines[0], "600 of AWS::ECR::Repository");
});
