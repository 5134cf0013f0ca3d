/** Just before the first change: whose are the resources and objects with our names? Refuses what is not ours. */
import { ownership, requiredOwnership } from "../../checks/mod.ts";
import { UnituneError } from "../../core/errors.ts";
import { KINDS } from "../../core/kube.ts";
import { isOurs, notOurs } from "../../core/kube_owner.ts";
import type { KubePort } from "../../core/kube_port.ts";
import { CLUSTER } from "../../core/pins.ts";
import type { Operation } from "../operation.ts";
import { refuseErrors } from "../refuse.ts";
import { foreignCharts } from "./charts.ts";

const BUILD_NAMESPACE = { ...KINDS.namespace, name: CLUSTER.buildNamespace };

/** In AWS. `repositories`: whether the run uses those that the config names. */
export async function ensureOurs({ config, session, ports }: Operation, repositories: boolean): Promise<void> {
  const [identity, cluster, deployed] = await Promise.all([session.identity(), session.cluster(), session.deployed()]);
  const input = { config, ports, identity, cluster, bucket: deployed?.contextBucket ?? null };
  refuseErrors(config.name, [{ check: ownership, findings: await requiredOwnership(input, repositories) }]);
}

/** In the cluster, before a run that only builds there: the plan looks at the objects that it would apply, and no others. */
export async function ensureOursToBuild(images: readonly string[], { session }: Operation): Promise<void> {
  if (!await session.deployed()) return;
  const kube = await session.kube();
  const account = { ...KINDS.serviceAccount, namespace: CLUSTER.buildNamespace, name: CLUSTER.builderAccount };
  const found = await Promise.all([kube.get(BUILD_NAMESPACE), kube.get(account)]);
  const theirs = found.find((object) => object && !isOurs(object));
  if (theirs) throw notOurs(theirs, `Cannot build ${images.join(", ")} with`);
}

/** In the cluster, before `destroy` deletes anything there. */
export async function ensureOursInside(name: string, kube: KubePort): Promise<void> {
  const builds = await kube.get(BUILD_NAMESPACE);
  const found = [
    ...await foreignCharts(kube),
    ...builds && !isOurs(builds) ? [notOurs(builds, "Cannot delete")] : [],
  ];
  const [first, ...more] = found;
  if (!first) return;
  if (more.length === 0) throw first;
  throw new UnituneError(
    first.code,
    `Cannot destroy ${name} as unitune did not create ${found.length} of its objects`,
    {
      path: first.path,
      lines: found.map(({ message, hint }) => `${message} — ${hint}`),
    },
  );
}
