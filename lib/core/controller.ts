/** Is Karpenter running? While it is not, it reports nothing about pools or nodes. */
import { conditionIs } from "./conditions.ts";
import { containerStatuses } from "./pods.ts";
import type { Kube } from "./kube.ts";

/** Why Karpenter does not work, in one line; `null` when one of its pods runs and leads. `pods`: its own. */
export function controllerTrouble(pods: readonly Kube<"Pod">[], lease: Kube<"Lease"> | null): string | null {
  const live = pods.filter(({ metadata }) => !metadata.deletionTimestamp);
  if (live.length === 0) return "Karpenter has no pods";
  const ready = live.filter((pod) => conditionIs(pod, "Ready", "True"));
  if (ready.length === 0) {
    const why = live.map(podTrouble).find((trouble) => trouble !== null) ?? "it is starting";
    return `none of Karpenter's ${live.length === 1 ? "1 pod" : `${live.length} pods`} is ready: ${why}`;
  }
  return leaderOf(live, lease) ? null : "Karpenter has no leader yet";
}

/** The pod that holds the lease: the holder is its name and a uid. */
export function leaderOf(pods: readonly Kube<"Pod">[], lease: Kube<"Lease"> | null): Kube<"Pod"> | null {
  const holder = lease?.spec?.holderIdentity ?? "";
  return pods.find(({ metadata }) => holder.startsWith(metadata.name)) ?? null;
}

function podTrouble(pod: Kube<"Pod">): string | null {
  const unscheduled = conditionIs(pod, "PodScheduled", "False");
  if (unscheduled) return `${pod.metadata.name} has no node: ${unscheduled.message || unscheduled.reason}`;
  for (const { state, lastState, restartCount = 0 } of containerStatuses(pod)) {
    const { reason, message } = state?.waiting ?? {};
    if (!reason || reason === "ContainerCreating" || reason === "PodInitializing") continue;
    const ended = lastState?.terminated;
    const last = ended ? `, ended with ${ended.exitCode} (${ended.reason ?? "Error"})` : "";
    const restarts = restartCount > 0 ? `, restarted ${restartCount} times` : "";
    return `${pod.metadata.name} is in ${reason}${last}${restarts}${!last && message ? `: ${message}` : ""}`;
  }
  return null;
}
