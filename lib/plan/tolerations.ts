/** Which add-ons may wait for a node that starts too late. Pure: only the config. */
import { mayWait } from "../core/facts/add_on_tolerations.ts";
import { SYSTEM_TAINT } from "../core/facts/taints.ts";
import type { Finding } from "../core/findings.ts";
import type { Config } from "./types.ts";

/** Warns about add-ons that unitune does not know: their pods may wait for a pool's node, and the stack for them. */
export function tolerationFindings({ cluster: { addOns } }: Config): Finding[] {
  return addOns.filter(({ name, configuration }) => mayWait(name, configuration)).map(({ name }) => ({
    code: "TOLERATIONS",
    severity: "warning",
    path: `cluster.addOns.${name}.configuration`,
    message: `sets no tolerations: pods that do not tolerate ${SYSTEM_TAINT.key}, the taint of the system nodes, ` +
      "wait for a node of a pool without taints, which starts after the stacks",
    hint: "set the tolerations in its schema (aws eks describe-addon-configuration), or add it in a second apply",
  }));
}
