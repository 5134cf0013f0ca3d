import assert from "node:assert/strict";
import { type BuildEnd, explained } from "../../../../lib/images/backends/buildkit/failures.ts";
import { image } from "../../specs.ts";

const ECR = "111122223333.dkr.ecr.eu-west-1.amazonaws.com";
const own = image("trainer", { timeoutSeconds: 14_400 });
const told = (end: Partial<BuildEnd>) => explained({ message: "", reason: "", cause: null, ...end }, own, "userns");
const error = (text: string) => told({ message: ` > [2/3] FROM x:\n\n0.1 trying\nerror: failed to solve: ${text}\n` });

Deno.test("a deadline names the timeout, and why the pod waited if it did", () => {
  const ended = told({ reason: "DeadlineExceeded: Job was active longer than specified deadline" });
  assert.match(ended!.why, /longer than its timeout of 4h$/);
  assert.match(ended!.hint, /images\.trainer\.timeout/);
  const waited = told({
    reason: "DeadlineExceeded: Job was active longer; its pod waited: container buildkit waits for its image",
  });
  assert.match(waited!.why, /timeout of 4h; its pod waited: container buildkit waits for its image$/);
});

Deno.test("memory and disk beyond their limits name the option that raises them", () => {
  const memory = told({ cause: { kind: "memory" } }),
    disk = { kind: "evicted", resource: "ephemeral-storage" } as const;
  assert.match(memory!.why, /more memory than its limit of 4Gi/);
  assert.match(memory!.hint, /images\.trainer\.resources\.memory/);
  const over = told({ cause: { ...disk, own: true } }), low = told({ cause: { ...disk, own: false } });
  assert.match(over!.why, /more than its limit of 40Gi/);
  assert.match(over!.hint, /images\.trainer\.resources\.disk$/);
  assert.match(low!.why, /node ran out of ephemeral-storage/);
  assert.match(low!.hint, /resources\.disk, .* or pools\.builder\.disk/);
  const starved = told({ cause: { kind: "evicted", resource: "memory", own: false } });
  assert.match(starved!.hint, /resources\.memory, so that/);
});

Deno.test("a lost node is told with Kubernetes' reason", () => {
  const lost = told({ reason: "BackoffLimitExceeded", cause: { kind: "disrupted", reason: "DeletionByPodGC" } });
  assert.match(lost!.why, /node was lost or taken back \(DeletionByPodGC\)/);
  assert.match(lost!.hint, /pools\.builder is spot/);
});

Deno.test("a full disk is found anywhere in the last words, a killed process in BuildKit's error", () => {
  const full = told({
    message: "0.4 cp: error writing '/x': No space left on device\nerror: failed to solve: exit code: 1",
  });
  assert.match(full!.why, /disk was full/);
  assert.match(full!.hint, /images\.trainer\.resources\.disk/);
  const killed = error('process "/bin/sh -c make" did not complete successfully: exit code: 137');
  assert.match(killed!.hint, /images\.trainer\.resources\.memory/);
  assert.equal(error('process "/bin/sh -c make" did not complete successfully: exit code: 2'), null);
});

/** As BuildKit 0.34 writes them. */
const BASE = "docker.io/library/python:3.13: failed to resolve source metadata for docker.io/library/python:3.13: ";
const ANSWERS: readonly (readonly [string, string, RegExp, RegExp])[] = [
  [
    "a registry that limits pulls",
    `${BASE}failed to copy: httpReadSeeker: failed open: unexpected status code https://registry-1.docker.io/v2/library/` +
    "python/manifests/sha256:0: 429 Too Many Requests - Server message: toomanyrequests: You have reached your limit",
    /limits how much/,
    /mirror/,
  ],
  [
    "a base that needs a login",
    "quay.io/acme/base:1: failed to resolve source metadata for quay.io/acme/base:1: failed to authorize: failed to " +
    "fetch anonymous token: unexpected status from GET request to https://quay.io/v2/auth: 401 Unauthorized",
    /registry of quay\.io\/acme\/base:1 does not let/,
    /needs a login: builder: \{ registries: /,
  ],
  [
    "a base that Docker Hub does not show",
    "docker.io/acme/base:1: failed to resolve source metadata for docker.io/acme/base:1: pull access denied, repository " +
    "does not exist or may require authorization: server message: insufficient_scope: authorization failed",
    /docker\.io\/acme\/base:1/,
    /after FROM/,
  ],
  [
    "an ECR repository of somebody else",
    `${ECR}/a:1: failed to resolve source metadata for ${ECR}/a:1: unexpected status from HEAD request to ` +
    `https://${ECR}/v2/a/manifests/1: 403 Forbidden`,
    /does not let the build pull/,
    /only the ECR repositories that builder\.pull names/,
  ],
  [
    "a base that does not exist",
    "docker.io/library/python:3.99: failed to resolve source metadata for docker.io/library/python:3.99: " +
    "docker.io/library/python:3.99: not found",
    /docker\.io\/library\/python:3\.99 does not exist/,
    /name and the tag after FROM/,
  ],
  [
    "a push without the right",
    "failed to push 1.dkr.ecr.us-west-2.amazonaws.com/acme/trainer:src-0: unexpected status from POST request to " +
    "https://1.dkr.ecr.us-west-2.amazonaws.com/v2/acme/trainer/blobs/uploads/: 403 Forbidden",
    /refused the push of 1\.dkr\.ecr/,
    /unitune apply --only infra/,
  ],
  [
    "a push to no repository",
    "failed to push 1.dkr.ecr.us-west-2.amazonaws.com/acme/trainer:src-0: unexpected status from POST request to " +
    "https://1.dkr.ecr.us-west-2.amazonaws.com/v2/acme/trainer/blobs/uploads/: 404 Not Found",
    /repository of 1\.dkr\.ecr\S+ does not exist/,
    /unitune apply --only infra/,
  ],
  [
    "a registry at a private address",
    "registry.internal/a:1: failed to resolve source metadata for registry.internal/a:1: failed to do request: Head " +
    '"https://registry.internal/v2/a/manifests/1": dial tcp 10.30.0.5:443: i/o timeout',
    /did not answer/,
    /builder\.network\.allow/,
  ],
  [
    "a registry without an address",
    'registry.invented.test/a:1: failed to do request: Head "https://registry.invented.test/v2/a/manifests/1": ' +
    "dial tcp: lookup registry.invented.test on 169.254.20.10:53: no such host",
    /no address is known for registry\.invented\.test/,
    /registry's name/,
  ],
];

for (const [what, text, why, hint] of ANSWERS) {
  Deno.test(`the answer of a registry is explained: ${what}`, () => {
    const found = error(text);
    assert.match(found?.why ?? "", why);
    assert.match(found!.hint, hint);
  });
}

Deno.test("a limit of time counts more than the log, and a container's end more than its last words", () => {
  const message = "error: failed to solve: failed to push r/a:1: 403 Forbidden", cause = { kind: "memory" } as const;
  assert.match(told({ message, cause, reason: "DeadlineExceeded: x" })!.why, /timeout/);
  assert.match(told({ message, cause, reason: "PodFailurePolicy: x" })!.why, /memory/);
});
