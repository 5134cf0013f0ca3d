/** Why kubelet does not start a container of a scheduled pod, from the pod's status alone. */
import { type ContainerStatus, containerStatuses } from "../core/pods.ts";
import type { Kube } from "../core/kube.ts";
import type { Why } from "./why.ts";

/** Kubelet is starting the container. */
const STARTING: readonly (string | undefined)[] = [undefined, "ContainerCreating", "PodInitializing"];
/** One problem with two names, in turn: kubelet tries, waits, and tries again. */
const PULLING = ["ErrImagePull", "ImagePullBackOff"];
/** What kubelet writes before the registry's answer. */
const HEAD =
  /^(Back-off pulling image "[^"]*"(: |$))?((ErrImagePull|ImagePullBackOff): )?(rpc error: code = \w+ desc = )?/;

/** What prevents the first stuck container from starting; `null` if all run, have ended or are being started. */
export function kubeletTrouble(pod: Kube<"Pod">): Why | null {
  const stuck = containerStatuses(pod).find(({ state }) => !STARTING.includes(state?.waiting?.reason));
  return stuck ? troubleOf(stuck, pod) : null;
}

/** What a registry answers for good: that there is no such image, or that nodes may not pull it. */
const REFUSED =
  /not found|not exist|unknown manifest|manifest unknown|name unknown|no match for platform|denied|unauthorized|forbidden|no basic auth|\b40[134]\b/i;
/** What may pass although it has such words: a name that does not resolve yet, a busy registry. */
const PASSING = /too ?many ?requests|\b429\b|no such host|timed? ?out|connection (?:refused|reset)|\b5\d\d\b/i;

/** The image that kubelet is kept from pulling, whether the registry's answer is final; `null`: none is waited for. */
export interface Pull {
  readonly image: string;
  /** In the registry's words; empty while kubelet only says that it waits. */
  readonly answer: string;
  readonly isFinal: boolean;
  readonly hint: string;
}

export function pullTrouble(pod: Kube<"Pod">): Pull | null {
  const stuck = containerStatuses(pod).find(({ state }) => PULLING.includes(state?.waiting?.reason ?? ""));
  if (!stuck) return null;
  const answer = (stuck.state?.waiting?.message ?? "").replace(HEAD, "");
  const isFinal = REFUSED.test(answer) && !PASSING.test(answer);
  return { image: stuck.image ?? "", answer, isFinal, hint: pullHint(answer) };
}

/** By the registry's answer. */
function pullHint(detail: string): string {
  if (/too ?many ?requests|\b429\b/i.test(detail)) {
    return "The registry limits how much is pulled from it: name a mirror or a pull-through cache of ECR in mirrors";
  }
  if (/\b40[13]\b|denied|unauthorized|forbidden/i.test(detail)) {
    return "The registry does not let nodes pull it: check its name, and that the nodes' role may pull from its registry";
  }
  return "Check that the image exists, and that nodes can reach its registry and are allowed to pull from it";
}

function troubleOf({ name, image, state, lastState }: ContainerStatus, { metadata }: Kube<"Pod">): Why {
  const { reason = "", message = "" } = state?.waiting ?? {};
  const inNamespace = metadata.namespace ? ` -n ${metadata.namespace}` : "";
  if (PULLING.includes(reason)) {
    const detail = message.replace(HEAD, "");
    return {
      text: `container ${name} waits for its image ${image ?? ""}, which kubelet cannot pull${detail && `: ${detail}`}`,
      hint: pullHint(detail),
    };
  }
  if (reason === "CrashLoopBackOff") {
    const { exitCode, reason: cause = "Error" } = lastState?.terminated ?? {};
    return {
      text: `container ${name} keeps ending${exitCode === undefined ? "" : `, last with ${exitCode} (${cause})`}`,
      hint: `kubectl logs ${metadata.name} -c ${name}${inNamespace} --previous`,
    };
  }
  return {
    text: `container ${name} does not start: ${reason}${message && `: ${message}`}`,
    hint: reason === "InvalidImageName"
      ? "Fix the name of the image in the config"
      : `kubectl describe pod ${metadata.name}${inNamespace}`,
  };
}
