/** Karpenter launches nodes in what carries its discovery tag: exactly that may carry it. */
import assert from "node:assert/strict";
import { largest, ownNetwork, smallest, THERE } from "./config.ts";
import { all, type Json, synthesized } from "./templates.ts";

const TAG = "karpenter.sh/discovery";

/** Logical ids of the resources that carry the tag, wherever in them it stands. */
function carriers(template: Parameters<typeof all>[0]): string[] {
  return all(template).filter((resource: Json) => JSON.stringify(resource).includes(TAG)).map(({ id }) => id).sort();
}

Deno.test("the private subnets and the group of Karpenter's nodes carry the discovery tag, and nothing else does", async () => {
  const { vpc, eks, files } = await synthesized(largest());
  const subnets = ["Private", "Public"].flatMap((kind) =>
    [1, 2, 3].map((n) => all(vpc).find(({ id }) => id.includes(`${kind.toLowerCase()}Subnet${n}Subnet`))?.id)
  );
  assert.equal(subnets.every((id) => typeof id === "string"), true, "there are three of each kind");
  assert.deepEqual(carriers(vpc), subnets.slice(0, 3).sort());
  assert.deepEqual(carriers(eks), ["KarpenterNodeSecurityGroupE8B7F872"]);
  // Tags of a stack reach each of its resources.
  const { artifacts } = JSON.parse(files["manifest.json"] ?? "{}");
  for (const stack of ["vpc", "eks"]) {
    const { tags } = artifacts[`acme-ml-prod-${stack}`].properties;
    assert.deepEqual(Object.keys(tags).sort(), ["cost-center", "team", "unitune:cluster"]);
  }
});

Deno.test("so it is without NAT too, and of an existing VPC only the group carries it", async () => {
  const isolated = await synthesized(smallest({ network: ownNetwork({ azs: 2, nat: "none" }) }));
  const found = carriers(isolated.vpc);
  assert.equal(found.length, 2);
  assert.ok(found.every((id) => /privateSubnet/.test(id)), `${found}`);
  const existing = await synthesized(smallest({ network: THERE }));
  assert.deepEqual(carriers(existing.eks), carriers(isolated.eks));
});
