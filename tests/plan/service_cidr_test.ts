import assert from "node:assert/strict";
import { lineOf } from "../../lib/core/findings.ts";
import { serviceCidrProblems, type ServiceFacts } from "../../lib/plan/service_cidr.ts";
import { smallest } from "../infra/config.ts";

const { cluster } = smallest();
const told = (serviceCidr: string | null, facts: Partial<ServiceFacts>): string[] => {
  const config = smallest({ cluster: { ...cluster, serviceCidr } });
  return serviceCidrProblems(config, { deployed: null, vpc: [], ...facts }).map(lineOf);
};
const deployed = (range: string, named: string | null) => ({ deployed: { range, named } });

Deno.test("before there is a cluster any range goes that the VPC does not have, in none of its ranges", () => {
  const vpc = ["10.0.0.0/16", "100.64.0.0/16"];
  assert.deepEqual(told("192.168.128.0/20", { vpc }), []);
  assert.deepEqual(told(null, { vpc }), []);
  assert.match(
    told("10.0.128.0/20", { vpc }).join(),
    /^cluster\.serviceCidr {2}must not overlap with the VPC's 10\.0/,
  );
});

Deno.test("a cluster keeps its range: another, none, or the one that EKS chose would replace it", () => {
  const range = "192.168.128.0/20";
  assert.deepEqual(told(range, deployed(range, range)), []);
  assert.deepEqual(told(null, deployed("172.20.0.0/16", null)), []);
  assert.match(
    told("10.9.0.0/16", deployed(range, range)).join(),
    /cannot change.*has 192\.168.* — write serviceCidr: "192/,
  );
  assert.match(told(null, deployed(range, range)).join(), /cannot change/);
  const [chosen] = told("172.20.0.0/16", deployed("172.20.0.0/16", null));
  assert.match(chosen!, /has 172\.20\.0\.0\/16, which EKS chose — leave it out/);
});
