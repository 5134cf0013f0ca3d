/** The same stacks in AWS's other partitions, and with the longest name that a config may have. */
import assert from "node:assert/strict";
import { MAX_NAME } from "../../lib/core/names.ts";
import { largest, ownNetwork, smallest } from "./config.ts";
import { synthesized } from "./templates.ts";

/** Names that are the same in every partition: service principals, and the tag that EKS looks for. */
const EVERYWHERE = [
  "cluster.k8s.amazonaws.com",
  "ec2.amazonaws.com",
  "ec2.amazonaws.com.cn",
  "eks.amazonaws.com",
  "events.amazonaws.com",
  "lambda.amazonaws.com",
  "pods.eks.amazonaws.com",
  "sqs.amazonaws.com",
  "vpc-flow-logs.amazonaws.com",
];

for (const region of ["us-gov-west-1", "cn-north-1", "us-west-1"]) {
  Deno.test(`the stacks of ${region} name no partition, account or host of another one`, async () => {
    const config = largest({ region, network: ownNetwork({ azs: 2, nat: "none" }, region) });
    const { files } = await synthesized({ ...config, cluster: { ...config.cluster, admins: [] } });
    const templates = Object.entries(files).filter(([name]) => name.endsWith(".template.json"));
    assert.equal(templates.length, 2);
    const hosts = new Set<string>();
    for (const [name, text] of templates) {
      assert.doesNotMatch(text, /arn:aws(-[a-z]+)?:/, name);
      for (const [host] of text.matchAll(/[a-z0-9.-]*amazonaws\.com(\.cn)?/g)) hosts.add(host);
    }
    assert.deepEqual([...hosts].filter((host) => !EVERYWHERE.includes(host)), []);
  });
}

Deno.test("no name in the stacks is longer than AWS takes, however long the config's own is", async () => {
  const name = "n".repeat(MAX_NAME);
  const { files } = await synthesized(smallest({ name, project: name }));
  let names = 0;
  for (const text of Object.values(files)) {
    for (const [, found = ""] of text.matchAll(/"(?:[A-Za-z]+Name)": "([^"]+)"/g)) {
      names++;
      assert.ok(found.length <= 64, found);
    }
  }
  assert.ok(names > 0);
});
