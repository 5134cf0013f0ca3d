/** What `doctor` examines, and that nothing ends it early. */
import assert from "node:assert/strict";
import { diagnose } from "../../lib/actions/doctor.ts";
import { UnituneError } from "../../lib/core/errors.ts";
import type { Ports } from "../../lib/core/ports.ts";
import { fakeOperation, type Some } from "../fakes/operation.ts";
import { ownNetwork, smallest, testPool } from "../infra/config.ts";

const config = smallest({
  network: ownNetwork({ nat: "single" }),
  pools: [{ ...testPool("tune"), ami: "bottlerocket@v1.66.0", instanceTypes: ["g6e.xlarge"], capacity: ["spot"] }],
});
const caller = { account: "123456789012", partition: "aws", principalArn: "arn:aws:iam::123456789012:role/ml" };

/** A port whose every request AWS denies. */
const deniedPort = new Proxy({}, {
  get: (_, name) => () => Promise.reject(new UnituneError("AWS_DENIED", `Cannot call ${String(name)}`)),
});

function examined(ports: Some<Ports>) {
  const denied = {
    network: deniedPort,
    parameters: deniedPort,
    keys: deniedPort,
    leftovers: deniedPort,
    quotas: deniedPort,
  };
  return diagnose(fakeOperation(config, {
    ...denied,
    identity: { caller: () => Promise.resolve(caller) },
    permissions: deniedPort,
    stacks: { outputs: () => Promise.resolve(null) },
    eks: { cluster: () => Promise.resolve(null), hasSpotRole: () => Promise.resolve(true) },
    ...ports,
  }, { assemblies: { diff: () => Promise.resolve([]) } }));
}

Deno.test("a caller who may read little is told what was not checked, and every check runs", async () => {
  const { checks, findings } = await examined({});
  assert.ok(checks >= 18, String(checks));
  const notChecked = findings.filter(({ message }) => message.startsWith("not checked")).map(({ code }) => code);
  assert.deepEqual([...new Set(notChecked)].toSorted(), [
    "AMI",
    "GPU_OFFERING",
    "LEFTOVERS",
    "NETWORK",
    "PERMISSIONS",
    "QUOTA",
    "SYSTEM_NODES",
  ]);
});

Deno.test("missing permissions, quotas, leftovers and the spot role are found, errors first", async () => {
  const simulate: Ports["permissions"]["simulate"] = (_, needs) =>
    Promise.resolve(
      needs.flatMap(({ action, resources }) =>
        resources.map((resource) => ({ action, resource, decision: "denied" as const }))
      ),
    );
  const { findings } = await examined({
    permissions: { simulate },
    quotas: { value: (_, code) => Promise.resolve(code === "L-3819A6DF" ? 0 : 100) },
    leftovers: { find: () => Promise.resolve([{ kind: "instance", id: "i-1" }]) },
    eks: { cluster: () => Promise.resolve(null), hasSpotRole: () => Promise.resolve(false) },
  });
  const of = (code: string) => findings.filter((one) => one.code === code);
  assert.deepEqual([findings[0]!.code, findings[0]!.severity], ["PERMISSIONS", "error"]);
  assert.match(findings[0]!.message, /"Statement"/);
  assert.deepEqual(of("QUOTA").map(({ severity, path }) => `${severity} ${path}`), ["warning pools.tune"]);
  assert.match(of("LEFTOVERS")[0]!.message, /^an earlier cluster acme left instance i-1$/);
  assert.match(of("SPOT_ROLE")[0]!.hint, /^aws iam create-service-linked-role/);
});
