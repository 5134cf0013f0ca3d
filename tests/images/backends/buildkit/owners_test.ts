import assert from "node:assert/strict";
import { lackingOwner } from "../../../../lib/images/backends/buildkit/owners.ts";

/** As BuildKit 0.34.2 wrote them in user namespaces. */
const LOGS: Readonly<Record<string, string>> = {
  "a layer with the file of such a user":
    `error: failed to solve: failed to compute cache key: mount callback failed on \
/tmp/containerd-mount2240957969: failed to Lchown "/tmp/containerd-mount2240957969/data" for UID 70000, GID 70000: \
lchown /tmp/containerd-mount2240957969/data: invalid argument (Hint: try increasing the number of subordinate IDs in \
/etc/subuid and /etc/subgid)`,
  "COPY --chown": "error: failed to solve: failed to copy file info: failed to chown /var/lib/buildkit/x/Dockerfile: " +
    "lchown /Dockerfile: invalid argument",
  "RUN chown, of busybox": "#6 0.099 chown: /etc/passwd: Invalid argument",
  "RUN chown, in the summary":
    " > [run 2/2] RUN chown 70000 /etc/passwd:\n0.099 chown: /etc/passwd: Invalid argument\n",
  "RUN chown, of coreutils": "0.120 chown: changing ownership of '/opt/app': Invalid argument",
  "RUN tar": "0.311 tar: app: Cannot change ownership to uid 70001, gid 20: Invalid argument",
  "RUN after USER": "0.065 runc run failed: unable to start container process: error during container init: " +
    "unable to setup user: chown /dev/stdin: invalid argument",
  "WORKDIR after USER": "#5 ERROR: lchown /home: invalid argument",
};

for (const [what, log] of Object.entries(LOGS)) {
  Deno.test(`an owner that the builder's user namespace lacks is recognised: ${what}`, () => {
    for (const isolation of ["userns", "rootless"] as const) {
      const { why, hint } = lackingOwner(`#1 DONE 0.0s\n${log}\n`, isolation)!;
      assert.match(why, /, but a build has only the ids 0 to 65535$/);
      assert.match(hint, /builder: { isolation: "privileged" }/);
    }
    assert.equal(lackingOwner(log, "privileged"), null, "root of the node has every id");
  });
}

Deno.test("the owner is named where the log names it, be it the user or the group", () => {
  const say = (uid: number, gid: number) =>
    lackingOwner(`failed to Lchown "/a b" for UID ${uid}, GID ${gid}: lchown /a b: invalid argument`, "userns")?.why;
  assert.match(say(70_000, 0)!, /^a file or user has id 70000,/);
  assert.match(say(0, 2_000_000_000)!, /^a file or user has id 2000000000,/);
});

Deno.test("other failures are not taken for it", () => {
  const logs = [
    "0.1 mkdir: cannot create directory: Invalid argument",
    "0.1 chown: invalid user: 'nobody1'",
    "error: failed to solve: lchown /etc/passwd: operation not permitted",
    'failed to Lchown "/x" for UID 1000, GID 1000: lchown /x: read-only file system',
    "0.1 echo chown: x: Invalid argument; false",
  ];
  for (const log of logs) assert.equal(lackingOwner(log, "userns"), null, log);
});
