/** The host's part of the pods' network: bridge, addresses, forwarding, and the settings that have to be put back. */
import { bridge, credentials, data, dnsAddress, internet, nodes, run as paths } from "../layout.ts";
import { attempt, exists, readIfThere, remove, run } from "../shell.ts";

/** In the comment of each rule, so that `down` finds them. */
export const ruleMark = "unitune-lab";

const rules: readonly (readonly string[])[] = [
  ["nat", "POSTROUTING", "-s", bridge.cidr, "!", "-d", bridge.cidr],
  ["filter", "FORWARD", "-i", bridge.name],
  ["filter", "FORWARD", "-o", bridge.name],
];
const target = (
  table: string,
) => ["-m", "comment", "--comment", ruleMark, "-j", table === "nat" ? "MASQUERADE" : "ACCEPT"];

/** Settings of the kernel that kubelet, kube-proxy or the lab change: `down` puts the old values back. */
const settings = [
  "net/ipv4/ip_forward",
  "net/ipv4/conf/all/route_localnet",
  "vm/overcommit_memory",
  "vm/panic_on_oom",
  "kernel/panic",
  "kernel/panic_on_oops",
  "kernel/keys/root_maxkeys",
  "kernel/keys/root_maxbytes",
  "net/netfilter/nf_conntrack_max",
  "net/bridge/bridge-nf-call-iptables",
] as const;
const settingsFile = `${data.dir}/settings.json`;

export async function networkUp(): Promise<void> {
  await rememberSettings();
  if (!(await exists(`/sys/class/net/${bridge.name}`))) await run("ip", ["link", "add", bridge.name, "type", "bridge"]);
  const own = [bridge.address, ...nodes.map((node) => node.address)].map((address) => `${address}/${bridge.prefix}`);
  for (const address of [...own, ...[credentials.address, internet, dnsAddress].map((one) => `${one}/32`)]) {
    await run("ip", ["address", "replace", address, "dev", bridge.name]);
  }
  await run("ip", ["link", "set", bridge.name, "up"]);
  await Deno.writeTextFile("/proc/sys/net/ipv4/ip_forward", "1");
  for (const [table = "", chain = "", ...match] of rules) {
    const rule = [chain, ...match, ...target(table)];
    const there = await attempt("iptables", ["-w", "-t", table, "-C", ...rule]);
    if (there.code !== 0) await run("iptables", ["-w", "-t", table, "-I", ...rule]);
  }
}

export async function networkDown(): Promise<void> {
  for (const program of ["iptables", "ip6tables"]) await removeRules(program);
  if (await exists(`/sys/class/net/${bridge.name}`)) await run("ip", ["link", "delete", bridge.name]);
  const saved = await readIfThere(settingsFile);
  if (saved === undefined) return;
  for (const [name, value] of Object.entries(JSON.parse(saved) as Record<string, string>)) {
    await Deno.writeTextFile(`/proc/sys/${name}`, value);
  }
  await Deno.remove(settingsFile);
}

async function rememberSettings(): Promise<void> {
  if (await exists(settingsFile)) return;
  const values: Record<string, string> = {};
  for (const name of settings) {
    const value = await readIfThere(`/proc/sys/${name}`);
    if (value !== undefined) values[name] = value.trim();
  }
  await Deno.writeTextFile(settingsFile, JSON.stringify(values));
}

const ours = /KUBE-|CNI-|unitune-lab/;

/** Rules and chains that the lab, its CNI or kube-proxy made. */
export async function rulesLeft(program: string): Promise<string[]> {
  const saved = await attempt(`${program}-save`, []);
  return saved.stdout.split("\n").filter((line) => ours.test(line));
}

async function removeRules(program: string): Promise<void> {
  const saved = await attempt(`${program}-save`, []);
  let table = "";
  const chains: [string, string][] = [];
  for (const line of saved.stdout.split("\n")) {
    if (line.startsWith("*")) table = line.slice(1);
    if (!ours.test(line)) continue;
    const chain = /^:(\S+)/.exec(line)?.[1];
    if (chain) chains.push([table, chain]);
    else if (line.startsWith("-A ")) await removeRule(program, table, line);
  }
  for (const [table, chain] of chains) await attempt(program, ["-w", "-t", table, "-F", chain]);
  for (const [table, chain] of chains) await attempt(program, ["-w", "-t", table, "-X", chain]);
}

async function removeRule(program: string, table: string, line: string): Promise<void> {
  // chains of kube-proxy are emptied as a whole; here only what stands in the kernel's own chains
  if (/^-A (KUBE|CNI)-/.test(line)) return;
  const words = (line.match(/"[^"]*"|\S+/g) ?? []).map((word) => word.replace(/^"|"$/g, ""));
  await attempt(program, ["-w", "-t", table, "-D", ...words.slice(1)]);
}

/** The pods' network of all nodes: one bridge, one pool of addresses. */
export const cniName = "unitune-lab";
const cniResults = "/var/lib/cni/results";

export async function writeCniConfig(): Promise<void> {
  await Deno.mkdir(paths.cni, { recursive: true });
  const range = { subnet: bridge.cidr, rangeStart: bridge.podsFrom, rangeEnd: bridge.podsTo, gateway: bridge.address };
  const plugin = {
    type: "bridge",
    bridge: bridge.name,
    isGateway: true,
    ipMasq: false,
    hairpinMode: true,
    ipam: { type: "host-local", ranges: [[range]], routes: [{ dst: "0.0.0.0/0" }], dataDir: paths.cniState },
  };
  const config = { cniVersion: "0.4.0", name: cniName, plugins: [plugin] };
  await Deno.writeTextFile(`${paths.cni}/10-lab.conflist`, JSON.stringify(config, null, 2));
}

/** Network namespaces of pods, from the results that CNI keeps; the pods' processes must have ended. */
export async function podNetworksLeft(): Promise<{ result: string; netns: string }[]> {
  const left: { result: string; netns: string }[] = [];
  try {
    for await (const entry of Deno.readDir(cniResults)) {
      if (!entry.name.startsWith(`${cniName}-`)) continue;
      const result = `${cniResults}/${entry.name}`;
      const text = await readIfThere(result);
      if (text !== undefined) left.push({ result, netns: (JSON.parse(text) as { netns?: string }).netns ?? "" });
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return left;
}

export async function removePodNetworks(): Promise<void> {
  for (const { result, netns } of await podNetworksLeft()) {
    if (netns.includes("/netns/cni-")) {
      await attempt("umount", ["-l", netns]);
      await remove(netns);
    }
    await remove(result);
  }
}
