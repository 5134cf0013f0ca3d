/** The whole cluster, in the order in which its parts need each other. */
import { linkPrograms } from "../install/install.ts";
import type { Installed } from "../install/install.ts";
import type { Progress } from "../install/progress.ts";
import { pushAll } from "../images/push.ts";
import { namesIn } from "../images/layout.ts";
import { data, type LabNode, nodeDirs, nodes, pki, run as paths, source } from "../layout.ts";
import { exists, keyOf, readIfThere, remove, run, waitFor, writeWhole } from "../shell.ts";
import { connect, type KubernetesObject } from "./api.ts";
import { controlPlaneUp, proxyUp, registerPodIdentity, writeControlConfig } from "./control.ts";
import { networkDown, networkUp, removePodNetworks, writeCniConfig } from "./network.ts";
import {
  containerdDown,
  containerdUp,
  importLayout,
  kubeletDown,
  kubeletUp,
  systemIdentity,
  unmountBelow,
} from "./node.ts";
import { policiesUp } from "./policies.ts";
import { end, ensure, marked, recorded, stop } from "./process.ts";
import { dnsUp, registryUp } from "./registry.ts";
import { makeSeed, plantSeed } from "./seed.ts";

const system = nodes.filter((node) => node.kind === "system");
/** What boots instances, and what makes disks. */
const daemons = ["joiner", "disks"] as const;
/** What all processes share; when it changes the lab starts anew. */
const foundation = `${paths.dir}/foundation`;

export interface Neighbours {
  /** Starts the emulator and the gateway, which pods need before they start. */
  up(): Promise<void>;
  /** Ends every emulator and the gateway. */
  down(): Promise<void>;
}

export async function clusterUp(installed: Installed, neighbours: Neighbours, progress: Progress): Promise<void> {
  const wanted = keyOf(
    installed.layout,
    installed.kubelab,
    installed.containerd,
    installed.runc,
    installed.netpol,
    await Deno.readTextFile(pki.ca.cert),
    JSON.stringify(nodes),
    // A kubelet gives its node taints when it makes it, and never again.
    JSON.stringify(system.map(systemIdentity)),
  );
  const before = await readIfThere(foundation);
  if (await exists(paths.dir) && before !== wanted) {
    await progress.step("end of what an earlier or broken run left", () => clusterDown(neighbours));
  }
  for (const dir of [paths.pids, paths.logs, paths.emulators, paths.bin, paths.libexec, paths.config, data.dir]) {
    await Deno.mkdir(dir, { recursive: true, mode: 0o755 });
  }
  await writeWhole(foundation, wanted);
  await linkPrograms(installed);
  await networkUp();
  await writeCniConfig();
  await writeControlConfig();
  const images = progress.step("registry and images", () => registryWithImages(installed.layout));
  const control = progress.step("control plane and network policies", async () => {
    await controlPlaneUp();
    await policiesUp();
  });
  const containers = progress.step("containerd of all nodes", () => containerdsUp(installed.layout));
  await settle([images, control, containers]);
  await progress.step("emulator and gateway", () => neighbours.up());
  // kube-proxy waits half a minute for its node's object unless that is made meanwhile
  await settle([progress.step("nodes are Ready", nodesReady), progress.step("service addresses", proxyUp)]);
  for (const name of daemons) {
    await ensure({
      name,
      command: [Deno.execPath(), "run", "-A", `${source}/kubernetes/${name}.ts`],
      config: [await sourcesKey()],
      healthy: () => true,
    });
  }
}

/** Waits for all, then fails with the first failure: nothing goes on behind the caller's back. */
async function settle(work: readonly Promise<unknown>[]): Promise<void> {
  for (const result of await Promise.allSettled(work)) if (result.status === "rejected") throw result.reason;
}

async function registryWithImages(layout: string): Promise<void> {
  await registryUp();
  await dnsUp();
  await pushAll(layout);
  await writeWhole(paths.imageDigests, JSON.stringify(Object.fromEntries(await namesIn(layout)), null, 2));
}

async function containerdsUp(layout: string): Promise<void> {
  await makeSeed(layout);
  const stampOf = (node: LabNode) => `${paths.dir}/nodes/${node.name}/planted`;
  for (const node of nodes) {
    const stamp = stampOf(node);
    if (!(await exists(stamp))) {
      await containerdDown(node);
      await plantSeed(layout, node);
      await Deno.mkdir(`${paths.dir}/nodes/${node.name}`, { recursive: true });
      await Deno.writeTextFile(stamp, layout);
    }
  }
  await settle(nodes.map(containerdUp));
  for (const node of nodes) {
    if (await Deno.readTextFile(stampOf(node)) === layout) continue;
    // it ran before, with other images
    await importLayout(nodeDirs(node.name).socket, layout);
    await Deno.writeTextFile(stampOf(node), layout);
  }
}

async function nodesReady(): Promise<void> {
  const api = await connect();
  try {
    await registerPodIdentity(api);
    await settle(system.map((node) => kubeletUp(node, systemIdentity(node))));
    for (const node of system) {
      await waitFor(`node ${node.name}`, 90, async () => {
        type Status = { status?: { conditions?: { type: string; status: string }[] } };
        const found = await api.get<KubernetesObject & Status>(`/api/v1/nodes/${node.name}`);
        return found?.status?.conditions?.some((item) => item.type === "Ready" && item.status === "True") ?? false;
      });
    }
  } finally {
    api.close();
  }
}

async function sourcesKey(): Promise<string> {
  const parts: string[] = [];
  for await (const entry of Deno.readDir(`${source}/kubernetes`)) {
    parts.push(entry.name + await Deno.readTextFile(`${source}/kubernetes/${entry.name}`));
  }
  return keyOf(...parts.sort());
}

/** Ends everything, whatever state it is in, and removes what it left. Safe to run again and on nothing. */
export async function clusterDown(neighbours: Neighbours): Promise<void> {
  for (const name of daemons) await stop(name);
  for (const node of nodes) await kubeletDown(node);
  const cleanup = `${paths.libexec}/kube-proxy`;
  await stop("kube-proxy");
  if (await exists(cleanup)) await run(cleanup, ["--cleanup"]).catch(() => {});
  await neighbours.down();
  for (const name of ["kube-scheduler", "kube-controller-manager", "kube-apiserver", "etcd"]) await stop(name);
  for (const node of nodes) await containerdDown(node);
  for (const name of await recorded()) await stop(name);
  for (const pid of await marked()) await end(pid, 5);
  await removePodNetworks();
  await unmountBelow(paths.dir);
  await unmountBelow(data.dir);
  await networkDown();
  for (const dir of [data.etcd, data.registry, data.nodes, data.disks, paths.dir]) await remove(dir);
}
