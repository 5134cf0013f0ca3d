/** Which add-ons may wait for a node that comes too late. Pure: of the config alone. */
import { mayWait } from "../core/facts/add_on_tolerations.ts";
import { SYSTEM_TAINT } from "../core/facts/taints.ts";
import type { Finding } from "../core/findings.ts";
import type { Config } from "./types.ts";

/** Of add-ons that nothing is known of: their pods would wait for a pool's node, and their stack for them. */
export function tolerationFindings({ cluster: { addOns } }: Config): Finding[] {
  return addOns.filter(({ name, configuration }) => mayWait(name, configuration)).map(({ name }) => ({
    code: "TOLERATIONS",
    severity: "warning",
    path: `cluster.addOns.${name}.configuration`,
    message:
      `says nothing of tolerations: pods that do not tolerate ${SYSTEM_TAINT.key}, the taint of the system nodes, ` +
      "wait for a node of a pool without taints, which starts after the stacks",
    hint:
      "give it the tolerations that its schema has (aws eks describe-addon-configuration), or add it in a second apply",
  }));
}
