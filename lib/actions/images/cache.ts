/**
 * The volume that keeps BuildKit's state for one platform of an image. A build waits for the one that has it, and goes
 * without if the cluster cannot create it. It is replaced by an empty one when no pod could mount it.
 */
import { KINDS, type Kube, refOf } from "../../core/kube.ts";
import { isOurs, notOurs } from "../../core/kube_owner.ts";
import { archOf, cacheName, type Platform } from "../../core/names.ts";
import { CLUSTER } from "../../core/pins.ts";
import { bytesOf } from "../../core/units.ts";
import { type JobOperation, jobState, removeObject } from "../../jobs/job.ts";
import type { Fresh, Image } from "../../plan/types.ts";
import type { BuildRun } from "./build_run.ts";
import { jobsWith, removeJobs } from "./claims.ts";

type Claim = Kube<"PersistentVolumeClaim">;

const EVERY = 3000, namespace = CLUSTER.buildNamespace;
const ZONE = "topology.kubernetes.io/zone";
/** What the driver writes on its volumes, depending on its version. */
const VOLUME_ZONES: readonly (string | undefined)[] = [ZONE, "topology.ebs.csi.aws.com/zone"];

/** The volume that a Job may mount now. */
interface Ready {
  readonly claim: string;
  /** Whether an earlier build had it. */
  readonly used: boolean;
}

export class BuildCache {
  readonly #run: BuildRun;
  readonly #image: Image;
  readonly #platform: Platform;

  constructor(run: BuildRun, image: Image, platform: Platform) {
    this.#run = run;
    this.#image = image;
    this.#platform = platform;
  }

  /** The volume for this Job, which may start now; `null`: it builds without. */
  async ready(job: string, fresh: Fresh, context: JobOperation): Promise<Ready | null> {
    const desired = this.#desired();
    if (desired === null) return null;
    const name = desired.metadata.name, { kube, emit, id } = context;
    if (!await kube.get({ ...KINDS.storageClass, name: desired.spec!.storageClassName! })) {
      const message =
        "building without a cache volume, as the cluster cannot create it yet: `unitune apply` changes that";
      emit({ type: "progress", id, message });
      return null;
    }
    await this.#released(name, job, context);
    const found = await kube.get(refOf(desired)) as Claim | null;
    if (found && !isOurs(found)) throw notOurs(found, "Cannot build with");
    const why = found && (fresh.noCache ? "--no-cache" : await this.#unusable(found, context));
    if (why) await this.#replace(desired, `${why}: the build starts with an empty cache volume`, context);
    else if (!found || sizeOf(found) < sizeOf(desired)) await kube.apply(desired);
    return { claim: name, used: !why && found?.status?.phase === "Bound" };
  }

  /**
   * After a wait for a node that was too long: replaces a volume in whose zone none came, if the pool may have nodes in
   * another one. Returns whether another try may go better.
   */
  async moved(job: string, context: JobOperation): Promise<boolean> {
    const desired = this.#desired();
    // Two runs may have created their Jobs at the same moment: this one waits for the other's end.
    if (await this.holder(job, context)) return true;
    const found = desired && await context.kube.get(refOf(desired)) as Claim | null;
    const zone = found ? await zoneOf(found, context) : null, zones = await this.#zones(context);
    if (!desired || zone === null || !zones?.some((other) => other !== zone)) return false;
    const message = `no node came in ${zone}, where the cache volume is: building again with an empty one, in any zone`;
    await this.#replace(desired, message, context);
    return true;
  }

  #desired(): Claim | null {
    const { operation: { config: { builder }, objects }, deployed } = this.#run;
    if (builder.cache === null) return null;
    const name = cacheName(this.#image.name, archOf(this.#platform), builder.isolation);
    const found = objects.cluster(deployed).find((object) => {
      return object.kind === KINDS.persistentVolumeClaim.kind && object.metadata.name === name;
    });
    return found as Claim | undefined ?? null;
  }

  /** The other Job that has the volume. */
  async holder(job: string, context: JobOperation): Promise<string | null> {
    const claim = this.#desired()?.metadata.name;
    return claim === undefined ? null : await holderOf(claim, job, context);
  }

  /** Waits until no other Job has the volume. */
  async #released(claim: string, job: string, context: JobOperation): Promise<void> {
    const { clock, signal, emit, id } = context;
    for (let told = "";;) {
      const holder = await holderOf(claim, job, context);
      if (holder === null) return;
      const message = `waiting for Job ${holder}, which builds the same image and has its cache volume`;
      if (told !== holder) emit({ type: "progress", id, message });
      told = holder;
      await clock.sleep(EVERY, signal);
    }
  }

  /** Why no pod could mount the volume. */
  async #unusable(claim: Claim, context: JobOperation): Promise<string | null> {
    if (claim.metadata.deletionTimestamp) return "its cache volume is being deleted";
    if (claim.status?.phase === "Lost") return "its cache volume is gone";
    const zone = await zoneOf(claim, context), zones = zone === null ? null : await this.#zones(context);
    if (zone === null || zones === null || zones.includes(zone)) return null;
    return `its cache volume is in ${zone}, where pool "${this.#image.pool}" has no nodes`;
  }

  /** The zones of the pool's nodes; `null`: not known. */
  async #zones({ kube }: JobOperation): Promise<readonly string[] | null> {
    const { pool: name } = this.#image;
    const [nodeClass, nodePool] = await Promise.all([
      kube.get({ ...KINDS.nodeClass, name }),
      kube.get({ ...KINDS.nodePool, name }),
    ]);
    const subnets = nodeClass?.status?.subnets ?? [];
    const required = nodePool?.spec.template.spec.requirements ?? [];
    const zones = subnets.filter(({ zone, zoneID }) =>
      required.every(({ key, operator, values = [] }) =>
        operator !== "In" || key !== ZONE && key !== "topology.k8s.aws/zone-id" ||
        values.includes(key === ZONE ? zone : zoneID)
      )
    );
    return zones.length === 0 ? null : [...new Set(zones.map(({ zone }) => zone))];
  }

  async #replace(desired: Claim, message: string, context: JobOperation): Promise<void> {
    context.emit({ type: "progress", id: context.id, message });
    await removeJobs(desired.metadata.name, "ended", context);
    await removeObject(refOf(desired), context, {
      timeoutSeconds: 300,
      what: `claim ${desired.metadata.name} to be deleted before it is replaced`,
      hint: `kubectl describe pvc -n ${namespace} ${desired.metadata.name} shows the pod that uses it`,
    });
    await context.kube.apply(desired);
  }
}

/** The other Job that has the claim. */
async function holderOf(claim: string, job: string, context: JobOperation): Promise<string | null> {
  const jobs = await jobsWith(claim, context);
  return jobs.find((one) => one.metadata.name !== job && hasPod(one))?.metadata.name ?? null;
}

function sizeOf({ spec }: Claim): number {
  return bytesOf(spec?.resources?.requests?.["storage"] ?? "") ?? 0;
}

/** Whether the Job runs. A suspended one has no pod. */
function hasPod(job: Kube<"Job">): boolean {
  return jobState(job) === "running" && job.spec?.suspend !== true;
}

/** The zone of a bound claim's volume. */
async function zoneOf({ spec }: Claim, { kube }: JobOperation): Promise<string | null> {
  if (!spec?.volumeName) return null;
  const volume = await kube.get({ ...KINDS.persistentVolume, name: spec.volumeName });
  const terms = volume?.spec?.nodeAffinity?.required?.nodeSelectorTerms ?? [];
  const found = terms.flatMap(({ matchExpressions = [] }) => matchExpressions);
  return found.find(({ key, operator }) => operator === "In" && VOLUME_ZONES.includes(key))?.values?.[0] ?? null;
}
