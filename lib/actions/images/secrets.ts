/** Reads the secrets of builds before anything is created. */
import { isUnituneError, messageOf, UnituneError } from "../../core/errors.ts";
import { archOf, jobName } from "../../core/names.ts";
import { CLUSTER } from "../../core/pins.ts";
import type { SecretValue } from "../../core/secrets.ts";
import { hasSecrets } from "../../images/secret.ts";
import { jobRef, jobState } from "../../jobs/job.ts";
import type { KubeObject } from "../../core/ports.ts";
import { isAsFresh } from "../../images/fresh.ts";
import type { BuildSpec, Fresh, Plan } from "../../plan/types.ts";
import type { Session } from "../session.ts";
import type { Operation } from "../operation.ts";

/** The secret values of an image. From then on they are masked in every event. */
export async function readSecrets(
  image: string,
  { secrets, hide }: Pick<Operation, "secrets" | "hide">,
): Promise<readonly SecretValue[]> {
  const values = await secrets.read(image);
  hide(hiddenOf(values));
  return values;
}

/** What is masked of values. */
export function hiddenOf(values: readonly SecretValue[]): Uint8Array[] {
  return values.flatMap(({ value, hidden }) => hidden ?? [value]);
}

/**
 * Runs before the first step, so that a secret that cannot be read is reported before stacks are deployed and contexts
 * are stored. A running Job has its values already.
 */
export async function requireSecrets(plan: Plan, operation: Operation): Promise<void> {
  const errors: unknown[] = [];
  for (const change of plan.changes) {
    if (change.kind !== "build" || change.action !== "build") continue;
    const build = plan.builds.find(({ image }) => image.name === change.image)!;
    if (!hasSecrets(build.image, operation.config.builder)) continue;
    const error = await readSecrets(change.image, operation).then(() => null, (error: unknown) => error);
    // If the cluster does not answer, the error about the secret stands.
    if (error && !(await isRunning(build, change, operation.session).catch(() => false))) errors.push(error);
  }
  const [first, ...more] = errors;
  if (first === undefined) return;
  if (more.length === 0 || !isUnituneError(first)) throw first;
  const lines = errors.flatMap((error) =>
    isUnituneError(error) ? error.lines.map((line) => `${error.path}: ${line}`) : [messageOf(error)]
  );
  throw new UnituneError(first.code, "Cannot build these images as their secrets cannot be read", {
    path: "images",
    // Images share the builder's logins.
    lines: lines.filter((line, at) => !line.startsWith("builder.") || lines.indexOf(line) === at),
    hint: first.hint,
  });
}

/**
 * Whether the Job does this build's work. Names hold the first digits of the key, the annotation holds the whole key; a
 * Job that takes more from earlier builds than is wanted does other work.
 */
export function isOfBuild({ metadata }: KubeObject, { key }: Pick<BuildSpec, "key">, fresh: Fresh): boolean {
  const { [CLUSTER.keyAnnotation]: own, [CLUSTER.freshAnnotation]: text = "" } = metadata.annotations ?? {};
  return own === key && isAsFresh(text, fresh);
}

async function isRunning(build: BuildSpec, fresh: Fresh, session: Session): Promise<boolean> {
  if (!(await session.cluster())) return false;
  const kube = await session.kube();
  for (const platform of build.image.platforms) {
    const name = jobName(build.image.name, archOf(platform), build.key);
    const job = await kube.get(jobRef({ name, namespace: CLUSTER.buildNamespace }));
    if (!job || !isOfBuild(job, build, fresh) || jobState(job) !== "running" || job.spec?.suspend === true) {
      return false;
    }
  }
  return true;
}
