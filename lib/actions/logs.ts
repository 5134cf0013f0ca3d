/** The log of an image's build, while it runs and for as long as the cluster keeps its Job. */
import { UnituneError } from "../core/errors.ts";
import type { LogSource } from "../core/events.ts";
import { KINDS, type Kube } from "../core/kube.ts";
import { CLUSTER } from "../core/pins.ts";
import { followJob } from "../jobs/follow.ts";
import { type JobState, jobState } from "../jobs/job.ts";
import { jobOperation, type Operation, taskOf } from "./operation.ts";
import { hiddenOf } from "./images/secrets.ts";
import { namedImages } from "./plan.ts";

/** Receives each line of a log. */
export type OnLine = (line: string, source: LogSource) => void;

/** The Jobs whose logs were read. */
export interface LogReport {
  /** Name of the image. */
  readonly image: string;
  /** Its Jobs, one for each platform, with how they ended. */
  readonly jobs: readonly { readonly job: string; readonly state: JobState }[];
}

const CONTAINERS = ["fetch", "buildkit"];

/** Follows the Jobs of the image's newest build to their end. Values of secrets are hidden, if they can be read. */
export async function followLogs(operation: Operation, image: string, onLine: OnLine): Promise<LogReport> {
  namedImages(operation.config, [image]);
  await hideSecrets(operation, image);
  const context = await jobOperation(operation, taskOf(operation, `logs:${image}`));
  const selector = { ...KINDS.job, namespace: CLUSTER.buildNamespace, labels: `${CLUSTER.imageLabel}=${image}` };
  const jobs = newest(await context.kube.list(selector));
  if (jobs.length === 0) {
    throw new UnituneError("JOB_NOT_FOUND", `Cannot read the log of image ${image}: no Job builds it`, {
      path: `images.${image}`,
      hint: `A Job is kept for a while after its end. \`unitune build ${image} --force\` builds the image again`,
    });
  }
  const emit: typeof context.emit = (event) => {
    if (event.type === "log") onLine(context.mask(event.line), event.source);
    else context.emit(event);
  };
  const ended = await Promise.all(jobs.map(async ({ metadata: { name, namespace } }) => {
    const { state } = await followJob({ name, namespace: namespace! }, CONTAINERS, { ...context, emit });
    return { job: name, state };
  }));
  return { image, jobs: ended };
}

/** Jobs of several platforms have the same key. Of several builds, a running one counts, or else the latest. */
function newest(jobs: readonly Kube<"Job">[]): Kube<"Job">[] {
  const keyOf = ({ metadata }: Kube<"Job">) => metadata.annotations?.[CLUSTER.keyAnnotation];
  const order = (job: Kube<"Job">) => `${jobState(job) === "running" ? 1 : 0} ${job.metadata.creationTimestamp ?? ""}`;
  const [first] = jobs.toSorted((a, b) => order(a) < order(b) ? 1 : -1);
  return first ? jobs.filter((job) => keyOf(job) === keyOf(first)) : [];
}

async function hideSecrets({ config, secrets, hide, emit }: Operation, image: string): Promise<void> {
  const { images, builder: { registries } } = config;
  const { secrets: own = {}, ssh = {} } = images.find(({ name }) => name === image) ?? {};
  const names = [
    ...Object.keys(own),
    ...Object.keys(ssh),
    ...registries.flatMap(({ host, auth }) => auth ? [`the login to ${host}`] : []),
  ];
  if (names.length === 0) return;
  try {
    hide(hiddenOf(await secrets.read(image)));
  } catch {
    const message = `the values of ${names.join(", ")} cannot be read here: if a step prints one, it is not masked`;
    emit({ type: "warning", id: `logs:${image}`, message });
  }
}
