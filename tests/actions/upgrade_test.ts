/** How an upgrade runs: which stacks are deployed with which version, in which order, and what ends it. */
import assert from "node:assert/strict";
import { painter } from "../../lib/adapters/terminal/style.ts";
import { EMPTY_VIEW, liveLines, showEvent, type View } from "../../lib/adapters/terminal/view.ts";
import { clusterOf } from "../../lib/config/resolve/infra.ts";
import { EXIT, isUnituneError, UnituneError } from "../../lib/core/errors.ts";
import { KINDS, type Kube, type KubeObject } from "../../lib/core/kube.ts";
import type { ClusterInfo } from "../../lib/core/ports.ts";
import { applyPlan } from "../../lib/actions/apply.ts";
import { Session } from "../../lib/actions/session.ts";
import { planDeployed } from "../../lib/actions/plan.ts";
import type { Report } from "../../lib/actions/report.ts";
import { OUTPUTS } from "../../lib/core/pins.ts";
import type { Plan } from "../../lib/plan/types.ts";
import { FakeKube, OURS } from "../fakes/kube.ts";
import { type FakeOperation, fakeOperation } from "../fakes/operation.ts";
import { smallest } from "../infra/config.ts";

const MARKER = { apiVersion: "v1", kind: "ConfigMap", name: "unitune-karpenter", namespace: "kube-system" };

interface World {
  /** What was done, in order. */
  readonly story: string[];
  readonly operation: FakeOperation;
  version: string;
  /** Versions that a deployment does not get to. */
  readonly stuck: Set<string>;
  plan(): Promise<Plan>;
  apply(): Promise<Report>;
}

/** A cluster at a version, with a Karpenter, and a config that wants 1.36. */
function world(version: string, karpenter: string | null): World {
  const config = smallest({ cluster: clusterOf({ version: "1.36", endpoint: "private" }) });
  const story: string[] = [];
  class Server extends FakeKube {
    override async create<T extends KubeObject>(object: T): Promise<T> {
      if (object.kind === "Job") story.push(`helm at ${it.version}`);
      return this.put({
        ...await super.create(object),
        status: { conditions: [{ type: "Complete", status: "True" }] },
      });
    }
  }
  const kube = new Server();
  if (karpenter) {
    const { name, namespace } = MARKER;
    kube.put({ ...MARKER, metadata: { name, namespace, labels: OURS }, data: { hash: "old", version: karpenter } });
  }
  const outputs = Object.fromEntries(Object.values(OUTPUTS).map((name) => [name, name]));
  const job: Kube<"Job"> = {
    ...KINDS.job,
    metadata: { name: "helm", namespace: "unitune-install", labels: OURS },
  };
  const space: Kube<"Namespace"> = { ...KINDS.namespace, metadata: { name: "unitune-install", labels: OURS } };
  const operation = fakeOperation(config, {
    identity: { caller: () => Promise.resolve({ account: "1", partition: "aws", principalArn: "arn:me" }) },
    stacks: {
      bootstrapped: () => Promise.resolve(true),
      attachedPolicies: () => Promise.resolve(null),
      diff: () => {
        story.push("diff");
        return Promise.resolve([{ stack: "acme-eks", exists: true, changes: [] }]);
      },
      deploy: (assembly, { id, emit }) => {
        story.push(`deploy ${assembly}`);
        emit({ type: "progress", id, message: `acme-eks at ${assembly}` });
        if (/^\d/.test(assembly) && !it.stuck.has(assembly)) it.version = assembly;
        return Promise.resolve([{ stack: "acme-eks", changed: true, outputs }]);
      },
      outputs: () => Promise.resolve(outputs),
    },
    eks: {
      cluster: (name): Promise<ClusterInfo> =>
        Promise.resolve({
          name,
          status: "ACTIVE",
          endpoint: "",
          caData: "",
          version: it.version,
          vpcId: "vpc-1",
          subnetIds: [],
          serviceCidr: "172.20.0.0/16",
          tags: { "unitune:cluster": "acme" },
        }),
      accessEntries: () => Promise.resolve([{ principalArn: "arn:me", ours: true, purpose: "caller", isAdmin: true }]),
      grantAccess: () => Promise.resolve(false),
      ensureSpotRole: () => Promise.resolve(false),
    },
    network: {
      zones: () =>
        Promise.resolve(["usw2-az1", "usw2-az2", "usw2-az3"].map((id) => ({ id, name: id, available: true }))),
      offerings: (types) => {
        return Promise.resolve(types.flatMap((type) => ["usw2-az1", "usw2-az2"].map((zoneId) => ({ type, zoneId }))));
      },
    },
    parameters: {
      known: (names) => Promise.resolve(new Set(names)),
      values: (names) => Promise.resolve(new Map(names.map((name) => [name, "1.66.0-1ad6b4a4"]))),
    },
    permissions: { simulate: () => Promise.resolve([]) },
    kube: () => Promise.resolve(kube),
  }, {
    assemblies: { folder: (kubernetes) => Promise.resolve(kubernetes ?? "the config's own") },
    objects: { helm: () => [space, job], cluster: () => [], chartsHash: () => "new" },
  });
  const plan = () => planDeployed({ ...operation, session: new Session(config, operation.ports) }, { only: ["infra"] });
  const it: World = {
    story,
    operation,
    version,
    stuck: new Set(),
    plan,
    apply: async () => {
      const planned = await plan();
      return await applyPlan({ ...operation, session: new Session(config, operation.ports) }, planned);
    },
  };
  return it;
}

const states = ({ results }: Report) => results.map(({ id, state }) => `${id} ${state}`);

Deno.test("each step deploys the stacks with its version, and the last is the config's own", async () => {
  const jump = world("1.34", "1.14.3");
  assert.deepEqual(states(await jump.apply()), [
    "permissions done",
    "bootstrap unchanged",
    "kubernetes:1.35 done",
    "stacks done",
    "access unchanged",
    "charts done",
  ]);
  assert.deepEqual(jump.story, ["diff", "deploy 1.35", "deploy 1.36", "helm at 1.36"]);
});

Deno.test("a Karpenter that is too old for the new version goes up before the control plane", async () => {
  const old = world("1.34", "1.9.0");
  await old.apply();
  assert.deepEqual(old.story, ["diff", "deploy 1.34", "helm at 1.34", "deploy 1.35", "deploy 1.36"]);
});

Deno.test("without a version to move to, the stacks are deployed as the config says", async () => {
  const same = world("1.36", "1.14.3");
  assert.deepEqual((await same.plan()).changes.map(({ id }) => id), ["bootstrap", "stacks", "access", "charts"]);
  assert.equal((await same.plan()).changes[1]!.action, "none");
});

Deno.test("a cluster that a deployment does not bring to its version ends the way there, and says what to do", async () => {
  const moved = world("1.34", "1.14.3");
  moved.stuck.add("1.35");
  const report = await moved.apply();
  assert.deepEqual(states(report), [
    "permissions done",
    "bootstrap unchanged",
    "kubernetes:1.35 failed",
    "stacks skipped",
    "access skipped",
    "charts skipped",
  ]);
  const error = report.results[2]!.error as UnituneError;
  assert.equal(error.code, "KUBERNETES_VERSION");
  assert.match(error.message, /the stack sets cluster acme to Kubernetes 1\.35: it is at 1\.34$/);
  moved.stuck.clear();
  assert.ok(states(await moved.apply()).every((state) => !/failed|skipped/.test(state)), "the same command goes on");
  assert.equal(moved.version, "1.36");
});

Deno.test("a way back is refused before the stacks are even compared", async () => {
  const back = world("1.37", "1.14.3");
  const error = await back.plan().then(() => assert.fail("it was planned"), (error) => error);
  assert.ok(isUnituneError(error));
  assert.deepEqual([error.code, error.exit], ["KUBERNETES_DOWNGRADE", EXIT.config]);
  assert.deepEqual(back.story, []);
});

Deno.test("a version of a form that nobody knows is told, and the plan is made without it", async () => {
  const { changes, findings } = await world("stable", "1.14.3").plan();
  assert.deepEqual(changes.map(({ id }) => id), ["bootstrap", "stacks", "access", "charts"]);
  assert.deepEqual(findings.filter(({ code }) => code === "KUBERNETES_DOWNGRADE").map(({ message }) => message), [
    'the cluster has version "stable", which this release cannot compare with 1.36',
  ]);
});

Deno.test("on a terminal each step of an upgrade is drawn with what CloudFormation says of it, until it ends", async () => {
  const jump = world("1.34", "1.14.3"), options = { paint: painter(false), verbose: false, now: 0 };
  await jump.apply();
  let view: View = EMPTY_VIEW;
  const drawn: string[] = [], stayed: string[] = [];
  for (const event of jump.operation.events) {
    const shown = showEvent(view, event, options);
    view = shown.view;
    stayed.push(...shown.lines);
    drawn.push(...liveLines(view, 100, options));
  }
  for (const [title, said] of [["stacks at Kubernetes 1.35", "1.35"], ["stacks acme-eks", "1.36"]]) {
    assert.ok(drawn.some((line) => line.includes(title!) && line.includes(`acme-eks at ${said}`)), title);
    assert.ok(stayed.some((line) => line.startsWith("done") && line.includes(title!)), title);
  }
  assert.deepEqual(liveLines(view, 100, options), []);
});
