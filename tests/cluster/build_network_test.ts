import assert from "node:assert/strict";
import { reachable } from "../../lib/cluster/build_network.ts";
import { publicSubnetRanges } from "../../lib/core/facts/subnets.ts";
import { isWider, partOfRange, rangeOf } from "../../lib/core/ranges.ts";
import type { Config } from "../../lib/plan/types.ts";
import { ownNetwork, smallest, THERE } from "../infra/config.ts";
import { builder } from "../images/specs.ts";

type Allow = Config["builder"]["network"]["allow"];
const configOf = (allow: Allow, change: Partial<Config> = {}) => {
  return smallest({ builder: { ...builder, network: { allow } }, ...change });
};

/** Whether one of the rules lets a pod connect. */
function reaches(config: Config, address: string, port: number, protocol = "TCP"): boolean {
  return reachable(config).some(({ to = [], ports = [] }) =>
    to.some(({ ipBlock }) => ipBlock && (ipBlock.cidr === `${address}/32` || isWider(ipBlock.cidr, `${address}/32`))) &&
    ports.some((one) => one.port === port && one.protocol === protocol)
  );
}

const API = ["10.0.0.10", "172.20.0.1", "10.100.0.1"], METADATA = "169.254.169.254";
const OTHERS = ["10.88.0.1", "172.31.4.4", "192.168.1.1", "100.64.3.3", "198.18.0.4", "127.0.0.1", "224.0.0.1"];

Deno.test("builds reach the Internet on the ports of Git, package repositories and registries", () => {
  for (const address of ["1.1.1.1", "52.94.76.1", "172.32.0.1", "169.253.0.1", "100.128.0.1", "223.255.255.255"]) {
    assert.deepEqual([22, 80, 443, 53, 10250].map((port) => reaches(smallest(), address, port)), [
      true,
      true,
      true,
      false,
      false,
    ]);
    assert.equal(reaches(smallest(), address, 443, "UDP"), false);
  }
});

Deno.test("builds reach no private address, no Service, no node and no instance metadata", () => {
  for (const address of [...API, METADATA, ...OTHERS]) {
    for (const port of [22, 80, 443, 6443, 10250]) assert.equal(reaches(smallest(), address, port), false, address);
  }
});

Deno.test("no rule has an except, which the VPC CNI would apply to other rules, too", () => {
  const blocks = reachable(configOf([{ range: "10.0.0.0/8", ports: [443] }])).flatMap(({ to = [] }) => to);
  assert.deepEqual(blocks.filter(({ ipBlock }) => ipBlock?.except), []);
  for (const { ipBlock } of blocks) assert.equal(rangeOf(ipBlock!.cidr)?.hint, undefined);
});

Deno.test("a port that a registry or its mirror names is open on the Internet", () => {
  const registries = [
    { host: "docker.io", mirror: "mirror.example.com:5000/hub", plainHttp: false, ca: null, auth: null },
    { host: "registry.example.com:5443", mirror: null, plainHttp: false, ca: null, auth: null },
  ];
  const config = smallest({ builder: { ...builder, registries } });
  assert.deepEqual([5000, 5443, 5001].map((port) => reaches(config, "1.1.1.1", port)), [true, true, false]);
});

Deno.test("the port of a proxy is open on the Internet", () => {
  const proxy = { http: "http://proxy.example.com:3128/", https: "http://proxy.example.com", no: [] };
  const config = smallest({ builder: { ...builder, proxy } });
  assert.deepEqual([3128, 80, 3129].map((port) => reaches(config, "1.1.1.1", port)), [true, true, false]);
});

Deno.test("endpoints are reached in the public subnets, which hold no nodes and no API server", () => {
  for (const network of [ownNetwork({ azs: 2, nat: "none" }), ownNetwork({ azs: 2, endpoints: ["sts"] })]) {
    const config = smallest({ network });
    assert.deepEqual(publicSubnetRanges(network), ["10.0.192.0/22", "10.0.196.0/22"]);
    assert.deepEqual(["10.0.192.7", "10.0.199.255"].map((address) => reaches(config, address, 443)), [true, true]);
    assert.equal(reaches(config, "10.0.192.7", 80), false);
    assert.deepEqual(["10.0.0.10", "10.0.64.10", "10.0.200.1"].map((address) => reaches(config, address, 443)), [
      false,
      false,
      false,
    ]);
  }
});

Deno.test("an exception opens its range on its ports, of TCP and UDP", () => {
  const config = configOf([{ range: "10.20.0.0/16", ports: [443] }, { range: "192.168.7.7/32", ports: [53, 5000] }]);
  assert.equal(reaches(config, "10.20.255.1", 443), true);
  assert.equal(reaches(config, "10.20.255.1", 10250), false);
  assert.equal(reaches(config, "192.168.7.7", 5000), true);
  assert.equal(reaches(config, "192.168.7.7", 53, "UDP"), true);
  assert.equal(reaches(config, "192.168.7.8", 5000), false);
});

Deno.test("a wide exception opens neither nodes, nor the API server, nor Services, nor the instance metadata", () => {
  const network = ownNetwork({ azs: 3, extraZones: ["usw2-az4"] }), allow = [{ range: "10.0.0.0/8", ports: [443] }];
  const config = configOf(allow, { network });
  assert.equal(reaches(config, "10.1.2.3", 443), true);
  assert.equal(reaches(config, "10.0.193.1", 443), true);
  const nodes = [0, 1, 2].map((part) => partOfRange(network.cidr, 2, part).replace("0/18", "9"));
  for (const address of [...API, ...nodes, "10.0.224.9"]) assert.equal(reaches(config, address, 443), false, address);
  const all = configOf([{ range: "128.0.0.0/1", ports: [80] }], { network: THERE });
  assert.deepEqual([METADATA, "172.20.0.1", "192.168.1.1"].map((address) => reaches(all, address, 80)), [
    false,
    false,
    true,
  ]);
});

Deno.test("an exception inside the nodes' ranges is taken at its word", () => {
  assert.equal(reaches(configOf([{ range: "10.0.3.0/24", ports: [443] }]), "10.0.3.9", 443), true);
});
