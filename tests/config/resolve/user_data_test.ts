/** User data: checked as the machine image reads it, and against what Karpenter and unitune write. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { userDataIssues } from "../../../lib/config/resolve/user_data.ts";

const issuesOf = (text: string, bottlerocket: boolean, shared = false): string[] => {
  return userDataIssues(text, { bottlerocket, shared }, ["pools", "tune", "userData"]).map(({ message, hint }) => {
    return hint === undefined ? message : `${message} — ${hint}`;
  });
};
const nodeConfig = (spec: string) => `apiVersion: node.eks.aws/v1alpha1\nkind: NodeConfig\nspec:\n${spec}`;

Deno.test("Bottlerocket's settings and AL2023's user data are accepted", () => {
  assert.deepEqual(issuesOf('[settings.kernel.sysctl]\n"vm.max_map_count" = "262144"\n', true), []);
  assert.deepEqual(issuesOf("settings.kubernetes.pod-pids-limit = 4096\n", true), []);
  assert.deepEqual(issuesOf("#!/bin/bash\necho : hello\n", false), []);
  assert.deepEqual(issuesOf(nodeConfig("  kubelet:\n    config:\n      podPidsLimit: 4096\n"), false), []);
  assert.deepEqual(issuesOf("---\n" + nodeConfig("  {}\n"), false), []);
  const mime = 'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="//"\n\n' +
    "--//\nContent-Type: text/x-shellscript\n\n#!/bin/sh\n:\n" +
    `--//\nContent-Type: application/node.eks.aws\n\n${nodeConfig("  {}\n")}--//--\n`;
  assert.deepEqual(issuesOf(mime, false), []);
});

Deno.test("user data that is not TOML, not a NodeConfig, or for the other machine image is reported with its place", () => {
  assert.deepEqual(issuesOf("[settings\nx = 1", true), [
    "must be TOML for Bottlerocket: illegal character in key in line 1, column 10",
  ]);
  assert.match(issuesOf("#!/bin/bash\n:", true).join(), /Bottlerocket runs neither scripts nor nodeadm/);
  assert.match(issuesOf("#!/bin/bash\n", true).join(), /Bottlerocket runs neither scripts/, "a comment of TOML");
  assert.match(issuesOf("[kernel]\nx = 1\n", true).join(), /have only the table settings.*found kernel/);
  assert.match(issuesOf("# nothing\n", true).join(), /found none/);
  assert.match(
    issuesOf("kind: [\n", false).join(),
    /^must be a NodeConfig in YAML or a shell script.*line \d+, column \d+/,
  );
  assert.match(issuesOf("echo hello", false).join(), /found something else — apiVersion: node\.eks\.aws/);
  assert.match(issuesOf("kind: Pod\n", false).join(), /found kind "Pod"/);
  assert.match(issuesOf(`${nodeConfig("  {}\n")}---\n${nodeConfig("  {}\n")}`, false).join(), /found something else/);
  assert.match(issuesOf("MIME-Version: 1.0\n\nhello", false).join(), /must be complete MIME/);
});

Deno.test("user data that Karpenter would overwrite or another option sets is rejected, with the field to use", () => {
  const taken: readonly [string, string][] = [
    ['[settings.kubernetes]\ncluster-name = "other"\n', "leave it out"],
    ['[settings.kubernetes.node-labels]\nteam = "ml"\n', "use labels"],
    ['[settings.kubernetes.node-taints]\nteam = ["ml:NoSchedule"]\n', "use taints"],
    ['[settings.container-runtime]\nsnapshotter = "soci"\n', "use imagePull"],
    ['[settings.bootstrap-commands.000-mount-instance-storage]\nmode = "off"\n', "use instanceStore"],
  ];
  for (const [text, hint] of taken) {
    assert.match(issuesOf(text, true).join(), new RegExp(`must not set .* — ${hint}$`), text);
  }
  const inConfig: readonly [string, string][] = [
    ["  cluster:\n    name: other\n", "leave it out"],
    ["  instance:\n    localStorage:\n      strategy: RAID0\n", "use instanceStore"],
    ["  featureGates:\n    FastImagePull: true\n", "use imagePull"],
    ["  kubelet:\n    config:\n      registerWithTaints: []\n", "use taints"],
    ["  kubelet:\n    flags: [--node-labels=team=ml]\n", "use labels"],
    ["  kubelet:\n    flags: [--register-with-taints=team=ml:NoSchedule]\n", "use taints"],
  ];
  for (const [spec, hint] of inConfig) {
    assert.match(issuesOf(nodeConfig(spec), false).join(), new RegExp(`must not set .* — ${hint}$`), spec);
  }
});

Deno.test("the user may write settings of shared GPUs unless `sharing` writes them", () => {
  const mps = '[settings.kubelet-device-plugins.nvidia]\ndevice-sharing-strategy = "mps"\n';
  assert.deepEqual(issuesOf(mps, true), []);
  assert.match(issuesOf(mps, true, true).join(), /device-sharing-strategy: it is set by sharing/);
});

Deno.test("secrets are rejected, and messages do not repeat them", () => {
  const secrets = [
    "#!/bin/bash\nexport AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE\n",
    "#!/bin/bash\ncat <<E\n-----BEGIN RSA PRIVATE KEY-----\nMAA=\nE\n",
    '[[settings.container-registry.credentials]]\nregistry = "r.example.com"\npassword = "hunter2"\n',
  ];
  for (const text of secrets) {
    const [said, ...more] = issuesOf(text, text.startsWith("["));
    assert.match(said!, /^must not contain secrets/);
    assert.doesNotMatch(said!, /AKIA|MAA|hunter2/);
    assert.deepEqual(more, []);
  }
});

Deno.test("the check throws for no text", () => {
  fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 60 }), fc.boolean(), (text, bottlerocket) => {
    issuesOf(text, bottlerocket);
  }));
});
