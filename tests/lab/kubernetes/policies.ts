/** NetworkPolicies, enforced for the pods of all nodes by SIG Network's own program (`go/netpol`). */
import { bridge, emulatorPorts, policyQueue, run as paths } from "../layout.ts";
import { attempt, run } from "../shell.ts";
import { ruleMark } from "./network.ts";
import { ensure } from "./process.ts";

const comment = ["-m", "comment", "--comment", ruleMark];
const isNew = ["-i", bridge.name, "-m", "conntrack", "--ctstate", "NEW", ...comment];
/**
 * In the order in which they are read, after services' addresses have become those of pods. AWS has public addresses and
 * https; here it is emulators on ports of the host, which no policy of unitune's names: connections to them are let
 * through. Without the program that gives verdicts, packets in its queue are dropped.
 */
const rules = ["INPUT", "FORWARD"].flatMap((chain): string[][] => {
  const emulators = `${emulatorPorts.from}:${emulatorPorts.to}`;
  return [
    [chain, "-p", "tcp", "-d", bridge.address, "--dport", emulators, ...isNew, "-j", "RETURN"],
    [chain, ...isNew, "-j", "NFQUEUE", "--queue-num", String(policyQueue)],
  ];
});

export async function policiesUp(): Promise<void> {
  await ensure({
    name: "netpol",
    command: [`${paths.libexec}/netpol`, `--kubeconfig=${paths.adminKubeconfig}`, `--queue=${policyQueue}`],
    healthy: async () => {
      // each line is a queue that a program reads, its number first
      const queues = await Deno.readTextFile("/proc/net/netfilter/nfnetlink_queue");
      return queues.split("\n").some((line) => Number(line.trim().split(/ +/)[0]) === policyQueue);
    },
  });
  for (const rule of rules) {
    const there = await attempt("iptables", ["-w", "-t", "mangle", "-C", ...rule]);
    if (there.code !== 0) await run("iptables", ["-w", "-t", "mangle", "-A", ...rule]);
  }
}
