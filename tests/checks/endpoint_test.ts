/** The check of the way to the API server: what it asks for, and what only for the config that needs it. */
import assert from "node:assert/strict";
import { clusterOf } from "../../lib/config/resolve/infra.ts";
import { endpoint } from "../../lib/checks/endpoint.ts";
import type { ClusterInfo } from "../../lib/core/ports.ts";
import { smallest, THERE } from "../infra/config.ts";
import { contextOf, denied, never, told } from "./context.ts";

const local = () => ["10.1.2.3"];
const open = smallest({ cluster: clusterOf({ endpoint: { publicFrom: ["52.1.2.0/24"] } }) });
const there: ClusterInfo = {
  name: "acme",
  status: "ACTIVE",
  endpoint: "https://api",
  caData: "Q0E=",
  version: "1.35",
  vpcId: "vpc-1",
  subnetIds: [],
  serviceCidr: "",
  tags: {},
};

Deno.test("an open endpoint asks for this machine's address, and a deployed one whether it answers", async () => {
  const address = () => Promise.resolve("52.1.2.3");
  assert.deepEqual(await told(endpoint, contextOf(open, { reach: { address, local, answers: never } })), []);
  const asked: string[] = [];
  const answers = (url: string, ca: string) => (asked.push(`${url} ${ca}`), Promise.resolve(false));
  const reach = { address: () => Promise.resolve("9.9.9.9"), local, answers };
  const [line] = await told(endpoint, contextOf(open, { reach }, { cluster: there }));
  assert.match(line!, /^cluster\.endpoint\.publicFrom {2}does not include 9\.9\.9\.9, .* — add "9\.9\.9\.9\/32"/);
  assert.deepEqual(asked, ["https://api Q0E="]);
});

Deno.test("a private endpoint asks nobody for an address, and reads the ranges of an existing VPC", async () => {
  const reach = { address: never, local, answers: never };
  const config = smallest({ network: THERE });
  const vpc = (cidr: string) => ({
    vpc: () =>
      Promise.resolve({ id: "vpc-1", state: "available", dnsSupport: true, dnsHostnames: true, cidrs: [cidr] }),
  });
  assert.deepEqual(await told(endpoint, contextOf(config, { reach, network: vpc("10.1.0.0/16") })), []);
  const [line] = await told(endpoint, contextOf(config, { reach, network: vpc("10.2.0.0/16") }));
  assert.match(line!, /none of this machine's addresses is in 10\.2\.0\.0\/16/);
  const notes = await told(endpoint, contextOf(config, { reach, network: { vpc: denied("ec2:DescribeVpcs") } }));
  assert.match(notes.at(-1)!, /^not checked without ec2:DescribeVpcs .*: whether this machine is in the VPC$/);
});
