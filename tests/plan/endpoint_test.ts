/** Whether this machine can reach the endpoint that a config asks for. */
import assert from "node:assert/strict";
import { clusterOf } from "../../lib/config/resolve/infra.ts";
import { documentationFindings, endpointFindings, type Vantage } from "../../lib/plan/endpoint.ts";

const OUTSIDE: Vantage = { address: "52.1.2.3", local: ["192.168.1.7"], vpc: [], answered: null };

function found(endpoint: "private" | { publicFrom: string[] }, vantage: Partial<Vantage> = {}): string[] {
  return endpointFindings({ cluster: clusterOf({ endpoint }) }, { ...OUTSIDE, ...vantage }).map(
    ({ severity, path, message }) => {
      return `${severity} ${path}: ${message}`;
    },
  );
}

Deno.test("an open endpoint is reached from its ranges, and from nowhere else", () => {
  const publicFrom = ["52.1.2.0/24", "8.8.8.8/32"];
  assert.deepEqual(found({ publicFrom }), []);
  assert.deepEqual(found({ publicFrom }, { address: "52.1.3.3" }), [
    "warning cluster.endpoint.publicFrom: does not include 52.1.3.3, this machine's address as AWS sees it: it will not " +
    "reach the API server",
  ]);
});

Deno.test("what cannot be known is a note, and what was not asked is nothing", () => {
  const publicFrom = ["52.1.2.0/24"];
  const [note, ...others] = found({ publicFrom }, { address: null });
  assert.match(note!, /^note .*checkip\.amazonaws\.com.* did not answer$/);
  assert.deepEqual(others, []);
  assert.deepEqual(found({ publicFrom }, { address: null, answered: true }), []);
  assert.deepEqual(found({ publicFrom }, { address: undefined }), []);
});

Deno.test("a machine that reaches the API server through the VPC is told only that its address is not in the ranges", () => {
  const [note] = found({ publicFrom: ["8.8.8.8/32"] }, { answered: true });
  assert.match(note!, /^note .*does not include 52\.1\.2\.3.* from the Internet$/);
});

Deno.test("a private endpoint is reached from its VPC, or where it answers; a VPC yet to be created has nobody in it", () => {
  assert.match(
    found("private")[0]!,
    /^warning cluster\.endpoint: .*this machine is not in the VPC, which unitune creates; apply would stop/,
  );
  assert.match(found("private", { answered: false })[0]!, /does not answer this machine/);
  assert.deepEqual(found("private", { answered: true }), []);
  const vpc = ["10.0.0.0/16", "100.64.0.0/16"];
  assert.match(
    found("private", { vpc })[0]!,
    /none of this machine's addresses is in 10\.0\.0\.0\/16 or 100\.64\.0\.0\/16/,
  );
  assert.deepEqual(found("private", { vpc, local: ["127.0.0.1", "100.64.3.4"] }), []);
});

Deno.test("ranges that stand for any network in documentation are named, each with its path", () => {
  const of = (publicFrom: string[]) => documentationFindings({ cluster: clusterOf({ endpoint: { publicFrom } }) });
  assert.deepEqual(
    of(["8.8.8.0/24", "203.0.113.0/24", "198.51.100.7/32", "192.0.2.0/25"]).map(({ path, severity }) =>
      `${severity} ${path}`
    ),
    [1, 2, 3].map((at) => `warning cluster.endpoint.publicFrom[${at}]`),
  );
  assert.deepEqual(documentationFindings({ cluster: clusterOf({ endpoint: "private" }) }), []);
});
