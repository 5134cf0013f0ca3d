/** Kubelet's words as containerd's registry client and kubelet 1.35 write them into a pod's status. */
import assert from "node:assert/strict";
import { KINDS, type Kube } from "../../lib/core/kube.ts";
import { kubeletTrouble } from "../../lib/jobs/kubelet.ts";
import { containerStatus } from "../objects.ts";

const IMAGE = "registry.example.com/helm:4";
const DETAIL =
  `failed to pull and unpack image "${IMAGE}": failed to resolve reference "${IMAGE}": ${IMAGE}: not found`;

function pod(reason: string, message?: string): Kube<"Pod"> {
  const waiting = { reason, ...(message !== undefined && { message }) };
  return {
    ...KINDS.pod,
    metadata: { name: "karpenter-x2x4z", namespace: "unitune-install" },
    status: {
      phase: "Pending",
      initContainerStatuses: [containerStatus("login", { terminated: { exitCode: 0 } })],
      containerStatuses: [containerStatus("helm", { waiting }, { image: IMAGE })],
    },
  };
}

Deno.test("an image that cannot be pulled is told with the registry's answer, the same while kubelet tries and waits", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["ErrImagePull", DETAIL],
    ["ErrImagePull", `rpc error: code = NotFound desc = ${DETAIL}`],
    ["ImagePullBackOff", `Back-off pulling image "${IMAGE}": ErrImagePull: ${DETAIL}`],
    [
      "ImagePullBackOff",
      `Back-off pulling image "${IMAGE}": ErrImagePull: rpc error: code = NotFound desc = ${DETAIL}`,
    ],
  ];
  for (const [reason, message] of cases) {
    assert.deepEqual(kubeletTrouble(pod(reason, message)), {
      text: `container helm waits for its image ${IMAGE}, which kubelet cannot pull: ${DETAIL}`,
      hint: "Check that the image exists, and that nodes can reach its registry and are allowed to pull from it",
    });
  }
});

Deno.test("a pull that says nothing but that it waits is told by its image alone", () => {
  const text = `container helm waits for its image ${IMAGE}, which kubelet cannot pull`;
  assert.equal(kubeletTrouble(pod("ImagePullBackOff", `Back-off pulling image "${IMAGE}"`))?.text, text);
  assert.equal(kubeletTrouble(pod("ErrImagePull"))?.text, text);
});

Deno.test("a name that is no image and whatever else kubelet refuses are told with reason, message and next step", () => {
  const name = kubeletTrouble(pod("InvalidImageName", 'couldn\'t parse image name "A:"'));
  assert.equal(name?.text, 'container helm does not start: InvalidImageName: couldn\'t parse image name "A:"');
  assert.match(name!.hint, /name of the image/);
  for (const reason of ["CreateContainerConfigError", "CreateContainerError", "ErrImageNeverPull", "AnotherReason"]) {
    const why = kubeletTrouble(pod(reason, "why"));
    assert.equal(why?.text, `container helm does not start: ${reason}: why`);
    assert.equal(why?.hint, "kubectl describe pod karpenter-x2x4z -n unitune-install");
  }
});

Deno.test("a container that is being started has no trouble", () => {
  for (const reason of ["ContainerCreating", "PodInitializing"]) assert.equal(kubeletTrouble(pod(reason)), null);
  assert.equal(kubeletTrouble({ ...KINDS.pod, metadata: { name: "x" }, status: {} }), null);
});

Deno.test("a registry that limits pulls, or lets nodes pull nothing, is told with the option or the right that helps", () => {
  const head = `failed to pull and unpack image "${IMAGE}": failed to resolve reference "${IMAGE}": `;
  const hintOf = (answer: string) => kubeletTrouble(pod("ErrImagePull", `${head}${answer}`))!.hint;
  assert.match(hintOf("429 Too Many Requests: toomanyrequests: You have reached your pull rate limit"), /in mirrors$/);
  assert.match(hintOf("pull access denied, repository does not exist or may require authorization"), /nodes' role/);
  assert.match(
    hintOf("unexpected status from HEAD request to https://x/v2/a/manifests/1: 403 Forbidden"),
    /nodes' role/,
  );
});
