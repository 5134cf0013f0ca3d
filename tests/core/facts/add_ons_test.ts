/** What this release says of EKS's add-ons, held to the catalogue: account, namespace, policies. */
import assert from "node:assert/strict";
import { ADD_ONS, type AddOnFacts, CSI_ADD_ONS } from "../../../lib/core/facts/add_ons.ts";
import { fields, resolvedExample } from "../../config/examples.ts";
import { CATALOGUE } from "../../facts/catalogue.ts";

/** What the catalogue does not hold. */
function differences(facts: Readonly<Record<string, AddOnFacts>>): string[] {
  const found = Object.entries(facts).flatMap(([name, { namespace, serviceAccount, policies }]) => {
    const role = CATALOGUE.addOns[name]?.role;
    if (!role) return [`${name}: needs no role`];
    const claimed = [namespace, serviceAccount, ...policies].join(" ");
    const known = [role.namespace, role.serviceAccount, ...role.policies.toSorted()].join(" ");
    return [
      ...claimed === known ? [] : [`${name}: ${claimed}, not ${known}`],
      ...policies.filter((policy) => !CATALOGUE.managedPolicies.has(policy)).map((policy) => `${name}: no ${policy}`),
    ];
  });
  const missing = Object.entries(CATALOGUE.addOns).filter(([name, { role }]) => {
    // One that nobody can give a role by default: external-dns wants the zones of its user.
    return role && !role.nodeRoleIsEnough && name !== "external-dns" && !facts[name];
  });
  return [...found, ...missing.map(([name]) => `${name}: is missing`)];
}

Deno.test("every add-on that needs a role is known, with the account and policies that EKS documents", () => {
  assert.deepEqual(differences(ADD_ONS), []);
});

Deno.test("a near miss of each kind is found", () => {
  const ebs = ADD_ONS["aws-ebs-csi-driver"]!, { "aws-efs-csi-driver": _, ...others } = ADD_ONS;
  const misses: Readonly<Record<string, Readonly<Record<string, AddOnFacts>>>> = {
    "path of a policy": { ...ADD_ONS, "aws-ebs-csi-driver": { ...ebs, policies: ["AmazonEBSCSIDriverPolicy"] } },
    "account": { ...ADD_ONS, "aws-ebs-csi-driver": { ...ebs, serviceAccount: "ebs-csi-node-sa" } },
    "namespace": { ...ADD_ONS, "aws-ebs-csi-driver": { ...ebs, namespace: "default" } },
    "name": { ...ADD_ONS, "aws-ebs-csi": ebs },
    "add-on left out": others,
  };
  for (const [what, facts] of Object.entries(misses)) assert.notDeepEqual(differences(facts), [], what);
});

Deno.test("the drivers of storage are add-ons that EKS offers", () => {
  for (const name of Object.values(CSI_ADD_ONS)) assert.ok(CATALOGUE.addOns[name], name);
});

Deno.test("the versions of add-ons in the comments' examples are versions that EKS has", () => {
  const wanted = fields.flatMap((field) => resolvedExample(field)?.config?.cluster ?? []).flatMap((cluster) => {
    return cluster.addOns.flatMap(({ name, version }) =>
      version === null ? [] : [{ ...cluster, name, addOn: version }]
    );
  });
  assert.ok(wanted.some(({ name }) => name === "aws-ebs-csi-driver"));
  const unknown = wanted.filter(({ name, addOn, version }) => {
    const { versions } = CATALOGUE.addOns[name]!, known = versions["any"] ?? versions[version] ?? [];
    return known.length > 0 && !known.includes(addOn);
  });
  assert.deepEqual(unknown.map(({ name, addOn, version }) => `${name} ${addOn} of ${version}`), []);
});
