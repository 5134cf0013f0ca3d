import { canonical } from "../../core/fields.ts";
import type { KubeObject } from "../../core/kube.ts";
import { withoutServerFields } from "../../core/kube_fields.ts";

/** Whether two states of an object are the same, apart from the server's own fields and the status. */
export function sameObject(a: KubeObject, b: KubeObject): boolean {
  return canonical(withoutServerFields(a)) === canonical(withoutServerFields(b));
}
