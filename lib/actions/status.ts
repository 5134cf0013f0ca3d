/** Reads where a project stands. Changes nothing. */
import { controllerTrouble } from "../core/controller.ts";
import { hasCode, messageOf } from "../core/errors.ts";
import { KINDS, type Kube } from "../core/kube.ts";
import type { KubePort } from "../core/kube_port.ts";
import { sourceTag, stackName } from "../core/names.ts";
import { CLUSTER, KARPENTER } from "../core/pins.ts";
import { readControllers } from "../jobs/controllers.ts";
import { jobState } from "../jobs/job.ts";
import { isUnscheduled, nodeWait, podWait } from "../jobs/waits.ts";
import { stackKinds } from "../plan/stacks.ts";
import {
  type BuildStatus,
  type ClusterStatus,
  hourlyCost,
  type ImageStatus,
  poolStatuses,
  secondsSince,
  type Status,
  type WaitStatus,
} from "../plan/status.ts";
import type { Operation } from "./operation.ts";

export async function readStatus(operation: Operation): Promise<Status> {
  const { config, session, ports } = operation, { name, region } = config;
  session.forget();
  const [{ account }, cluster, stacks, images] = await Promise.all([
    session.identity(),
    session.cluster(),
    Promise.all(
      stackKinds(config).map(async (kind) => {
        const stack = stackName(name, kind);
        return { stack, status: await ports.stacks.status(stack) };
      }),
    ),
    imageStatuses(operation),
  ]);
  const inside = cluster ? await readInside(operation) : null;
  // A living cluster has instances, interfaces and templates of its own.
  const left = cluster || stacks.some(({ status }) => status !== null) ? [] : await ports.leftovers.find(name);
  return {
    name,
    region,
    account,
    at: ports.clock.now(),
    stacks,
    cluster: cluster && { status: cluster.status, version: cluster.version, endpoint: cluster.endpoint },
    inside,
    images,
    leftovers: left.map(({ kind, id }) => `${kind} ${id}`),
    usdPerHour: inside ? hourlyCost(inside.pools) : 0,
  };
}

async function imageStatuses({ contexts, ports: { registry, clock } }: Operation): Promise<ImageStatus[]> {
  return await Promise.all((await contexts.builds()).map(async ({ image: { name, repository }, key }) => {
    const found = await registry.find(repository, sourceTag(key));
    const seconds = found && Math.max(0, Math.round((clock.now() - found.pushedAt) / 1000));
    return { image: name, digest: found?.digest ?? null, bytes: found?.bytes ?? null, seconds };
  }));
}

/** Why the cluster cannot be read is a part of the status. */
async function readInside(operation: Operation): Promise<ClusterStatus> {
  try {
    return await inside(operation, await operation.session.kube());
  } catch (error) {
    if (!hasCode(error, "KUBE_UNREACHABLE", "KUBE_UNAUTHORIZED", "KUBE_FORBIDDEN")) throw error;
    return { unread: messageOf(error), karpenter: null, pools: [], waiting: [], builds: [] };
  }
}

async function inside({ config }: Operation, kube: KubePort): Promise<ClusterStatus> {
  const jobs = {
    ...KINDS.job,
    namespace: CLUSTER.buildNamespace,
    labels: `${CLUSTER.managedByLabel}=${CLUSTER.managedBy}`,
  };
  const [now, pools, classes, claims, nodes, pending, builds, karpenter] = await Promise.all([
    kube.now(),
    kube.list(KINDS.nodePool),
    kube.list(KINDS.nodeClass),
    kube.list(KINDS.nodeClaim),
    kube.list(KINDS.node),
    kube.list({ ...KINDS.pod, fields: "status.phase=Pending" }),
    kube.list(jobs),
    readControllers(kube),
  ]);
  const events = pending.length > 0 ? await kube.list(KINDS.event) : [];
  const wait = (pod: Kube<"Pod">): WaitStatus | null => {
    const pool = pod.spec?.nodeSelector?.[KARPENTER.poolLabel];
    const of = <T extends Kube>(all: readonly T[]) => all.find(({ metadata }) => metadata.name === pool) ?? null;
    const why = pool !== undefined && isUnscheduled(pod)
      ? nodeWait(pod, {
        pool,
        region: config.region,
        nodePool: of(pools),
        nodeClass: of(classes),
        claims: claims.filter(({ metadata }) => metadata.labels?.[KARPENTER.poolLabel] === pool),
        events,
        ...karpenter,
      })
      : podWait(pod);
    if (!why) return null;
    const { namespace, name, creationTimestamp } = pod.metadata;
    return {
      pod: `${namespace}/${name}`,
      why: why.text,
      hint: why.hint,
      seconds: secondsSince(creationTimestamp, now),
    };
  };
  return {
    unread: null,
    karpenter: controllerTrouble(karpenter.controllers, karpenter.lease),
    pools: poolStatuses({ now, declared: config.pools.map(({ name }) => name), pools, claims, nodes }),
    waiting: pending.flatMap((pod) => wait(pod) ?? []),
    builds: builds.map((job) => buildStatus(job, now)),
  };
}

function buildStatus(job: Kube<"Job">, now: number): BuildStatus {
  const { labels = {}, name, creationTimestamp } = job.metadata;
  return {
    image: labels[CLUSTER.imageLabel] ?? "",
    job: name,
    state: jobState(job),
    seconds: secondsSince(creationTimestamp, now),
  };
}
