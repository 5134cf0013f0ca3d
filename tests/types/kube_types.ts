/** What must and must not compile of Kubernetes objects. Checked by `deno check`, never run. */
import { KINDS, type Kube, type KubeObject, refOf } from "../../lib/core/kube.ts";
import type { KubePort } from "../../lib/core/kube_port.ts";

declare const kube: KubePort;
declare const job: Kube<"Job">;
declare const unknown: KubeObject;

// A known kind gives its object, by reference, selector or watch.
const found: Kube<"Job"> | null = await kube.get({ ...KINDS.job, name: "trainer", namespace: "unitune-build" });
const pools: readonly Kube<"NodePool">[] = await kube.list(KINDS.nodePool);
const again: Kube<"Job"> | null = await kube.get(refOf(job));
const created: Kube<"Job"> = await kube.create(job);
for await (const { object } of kube.watch(KINDS.pod, AbortSignal.timeout(1))) {
  object.status?.phase satisfies string | undefined;
}
export const all: readonly KubeObject[] = [found!, again!, created, ...pools];

// As JSON has it: instants are strings.
job.status?.startTime satisfies string | undefined;

// @ts-expect-error misspelt field
job.spec?.backofLimit;
// @ts-expect-error nothing of an object can be changed
job.metadata.name = "other";
// @ts-expect-error nor deeper
job.spec!.template.spec!.containers[0]!.image = "other";
// @ts-expect-error another kind
const pod: Kube<"Pod"> | null = await kube.get({ ...KINDS.job, name: "trainer" });
// @ts-expect-error a kind that is not known here gives an object of which nothing is known
(await kube.get({ apiVersion: "apps/v1", kind: "Deployment", name: "a" }))?.spec.replicas;
// @ts-expect-error nor is anything known of an object of any kind
unknown.spec.template;
// @ts-expect-error a Job has a template
export const bare: Kube<"Job"> = { ...KINDS.job, metadata: { name: "a" }, spec: { backoffLimit: 1 } };
// @ts-expect-error Karpenter knows two policies
export const policy: NonNullable<Kube<"NodePool">["spec"]["disruption"]>["consolidationPolicy"] = "Always";
export { pod };
