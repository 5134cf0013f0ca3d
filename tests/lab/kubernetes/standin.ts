/**
 * The part of a kubelet for machines that the lab cannot be (arm64, GPUs, more nodes than it has): the Node, its lease,
 * pods that count as running and end when they are told to. Nothing runs in them.
 */
import { type Api, ApiError, type KubernetesObject } from "./api.ts";
import { identityOf, type NodeClaim } from "./claims.ts";
import { kubernetesVersion } from "../layout.ts";

interface Pod extends KubernetesObject {
  readonly spec: { readonly containers: readonly { readonly name: string; readonly image: string }[] };
  readonly status?: { readonly phase?: string };
}

/** Does one round for one claim: everything here may be done again at any time. */
export async function standIn(api: Api, claim: NodeClaim, name: string): Promise<void> {
  if ((await api.get(`/api/v1/nodes/${name}`)) === undefined) {
    if (claim.metadata.deletionTimestamp) return;
    await createNode(api, claim, name);
  }
  const now = new Date().toISOString();
  const condition = {
    status: "False",
    reason: "StandIn",
    message: "",
    lastHeartbeatTime: now,
    lastTransitionTime: now,
  };
  const pressures = ["MemoryPressure", "DiskPressure", "PIDPressure"].map((type) => ({ ...condition, type }));
  await api.send("PATCH", `/api/v1/nodes/${name}/status`, {
    status: { conditions: [...pressures, { ...condition, type: "Ready", status: "True", reason: "KubeletReady" }] },
  }, "strategic");
  await renewLease(api, name, now);
  await runPods(api, name, now);
}

async function createNode(api: Api, claim: NodeClaim, name: string): Promise<void> {
  const identity = identityOf(claim, name);
  const labels = { ...identity.labels, "kubernetes.io/hostname": name };
  await api.send("POST", "/api/v1/nodes", {
    metadata: { name, labels },
    spec: { providerID: identity.providerId, taints: identity.taints },
  });
  const pods = claim.status?.capacity?.["pods"] ?? "29";
  await api.send("PATCH", `/api/v1/nodes/${name}/status`, {
    status: {
      capacity: { ...claim.status?.capacity, pods },
      allocatable: { ...claim.status?.allocatable, pods },
      nodeInfo: {
        kubeletVersion: `v${kubernetesVersion}`,
        architecture: identity.labels["kubernetes.io/arch"] ?? "amd64",
        operatingSystem: "linux",
        osImage: "stand-in",
        containerRuntimeVersion: "none://0",
        kernelVersion: "0",
        kubeProxyVersion: "",
        bootID: "",
        machineID: "",
        systemUUID: "",
      },
    },
  }, "merge");
}

async function renewLease(api: Api, name: string, now: string): Promise<void> {
  await api.send(
    "PATCH",
    `/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/${name}?fieldManager=stand-in&force=true`,
    {
      apiVersion: "coordination.k8s.io/v1",
      kind: "Lease",
      metadata: { name, namespace: "kube-node-lease" },
      spec: { holderIdentity: name, leaseDurationSeconds: 40, renewTime: now.replace("Z", "000Z") },
    },
    "apply",
  );
}

async function runPods(api: Api, node: string, now: string): Promise<void> {
  const list = await api.get<{ items: Pod[] }>(`/api/v1/pods?fieldSelector=spec.nodeName=${node}`);
  for (const pod of list?.items ?? []) {
    const path = `/api/v1/namespaces/${pod.metadata.namespace}/pods/${pod.metadata.name}`;
    try {
      if (pod.metadata.deletionTimestamp) await api.send("DELETE", path, { gracePeriodSeconds: 0 });
      else if ((pod.status?.phase ?? "Pending") === "Pending") {
        await api.send("PATCH", `${path}/status`, running(pod, now), "merge");
      }
    } catch (error) {
      // gone between the list and now
      if (!(error instanceof ApiError && error.status === 404)) throw error;
    }
  }
}

function running(pod: Pod, now: string): unknown {
  const conditions = ["PodScheduled", "Initialized", "ContainersReady", "Ready"]
    .map((type) => ({ type, status: "True", lastTransitionTime: now }));
  const containerStatuses = pod.spec.containers.map(({ name, image }) => ({
    name,
    image,
    imageID: "",
    ready: true,
    restartCount: 0,
    state: { running: { startedAt: now } },
  }));
  return { status: { phase: "Running", startTime: now, conditions, containerStatuses } };
}

/** Removes the Node of a claim that is gone, as the cloud's controller does for an instance that is gone. */
export async function forgetNode(api: Api, name: string): Promise<void> {
  try {
    await api.send("DELETE", `/api/v1/nodes/${name}`);
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 404)) throw error;
  }
}
