/**
 * The daemon that boots Karpenter's instances: a NodeClaim whose instance runs gets a real kubelet on a free worker,
 * or the stand-in; when the claim or its instance goes, so does the kubelet with everything it ran.
 */
import { type LabNode, nodes, run as paths } from "../layout.ts";
import { readIfThere, sleep, writeWhole } from "../shell.ts";
import { type Api, connect } from "./api.ts";
import { identityOf, instanceId, isPlain, type NodeClaim } from "./claims.ts";
import { findInstance } from "./instances.ts";
import { kubeletDown, kubeletUp } from "./node.ts";
import { forgetNode, standIn } from "./standin.ts";

/** A joined instance; `worker` is undefined for the stand-in. */
interface Joined {
  readonly uid: string;
  readonly claim: string;
  readonly instance: string;
  readonly node: string;
  readonly worker?: string;
}

const stateFile = `${paths.dir}/joined.json`;
const workers = nodes.filter((node) => node.kind === "worker");
const say = (text: string) => console.error(`${new Date().toISOString()} ${text}`);

export class Joiner {
  readonly #api: Api;
  #joined: readonly Joined[];
  #refused = new Set<string>();

  constructor(api: Api, joined: readonly Joined[]) {
    this.#api = api;
    this.#joined = joined;
  }

  async round(): Promise<void> {
    const list = await this.#api.get<{ items: NodeClaim[] }>("/apis/karpenter.sh/v1/nodeclaims");
    const claims = list?.items ?? [];
    for (const joined of this.#joined) {
      const claim = claims.find((item) => item.metadata.uid === joined.uid);
      if (!claim || await isGone(joined.instance)) await this.#leave(joined);
      else if (!joined.worker) await standIn(this.#api, claim, joined.node);
    }
    for (const claim of claims) {
      const known = this.#joined.some((item) => item.uid === claim.metadata.uid);
      if (!known && claim.status?.providerID && !claim.metadata.deletionTimestamp) await this.#join(claim);
    }
  }

  async #join(claim: NodeClaim): Promise<void> {
    const instance = await findInstance(instanceId(claim));
    if (instance?.state !== "running" || !instance.privateDnsName) {
      const what = `${claim.metadata.name}: instance ${instanceId(claim)} is ${instance?.state ?? "in no emulator"}`;
      if (!this.#refused.has(what)) say(what);
      this.#refused.add(what);
      return;
    }
    const worker = isPlain(claim) ? this.#freeWorker(claim) : undefined;
    const node = instance.privateDnsName;
    const joined = { uid: claim.metadata.uid, claim: claim.metadata.name, instance: instance.id, node };
    say(`${claim.metadata.name}: ${instance.id} joins as ${node} (${worker?.name ?? "stand-in"})`);
    // noted before it is done, so that a joiner that is cut here ends what it began
    await this.#note([...this.#joined, worker ? { ...joined, worker: worker.name } : joined]);
    if (worker) await kubeletUp(worker, identityOf(claim, node));
    else await standIn(this.#api, claim, node);
  }

  #freeWorker(claim: NodeClaim): LabNode | undefined {
    const taken = new Set(this.#joined.map((item) => item.worker));
    const free = workers.filter((worker) => !taken.has(worker.name));
    const zone = claim.metadata.labels?.["topology.kubernetes.io/zone"];
    return free.find((worker) => worker.zone === zone) ?? free[0];
  }

  async #leave(joined: Joined): Promise<void> {
    say(`${joined.claim}: ${joined.instance} leaves (${joined.worker ?? "stand-in"})`);
    const worker = workers.find((item) => item.name === joined.worker);
    if (worker) await kubeletDown(worker);
    await forgetNode(this.#api, joined.node);
    await this.#note(this.#joined.filter((item) => item.uid !== joined.uid));
  }

  async #note(joined: readonly Joined[]): Promise<void> {
    this.#joined = joined;
    await writeWhole(stateFile, JSON.stringify(joined));
  }
}

async function isGone(id: string): Promise<boolean> {
  const instance = await findInstance(id);
  return instance === undefined || ["shutting-down", "terminated", "stopped"].includes(instance.state);
}

if (import.meta.main) {
  const api = await connect();
  let running = true;
  Deno.addSignalListener("SIGTERM", () => {
    running = false;
  });
  const joiner = new Joiner(api, JSON.parse(await readIfThere(stateFile) ?? "[]") as Joined[]);
  say("watches NodeClaims");
  while (running) {
    try {
      await joiner.round();
    } catch (error) {
      // the API server or an emulator is on its way up or down; the next round asks again
      say(error instanceof Error ? error.message : String(error));
    }
    await sleep(1000);
  }
  say("ends; kubelets that joined go on");
  api.close();
}
