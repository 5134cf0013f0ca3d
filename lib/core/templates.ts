/** The YAML of `templates/`, which holds the fixed parts of Kubernetes objects; other functions fill in the rest. */
import { parseAllDocuments } from "yaml";
import { isA, type Known, type Kube } from "./kube.ts";
import { CLUSTER } from "./pins.ts";

/** The objects of a template, in the order of the file, each labelled as managed by unitune. */
export function readObjects(text: string): Kube[] {
  // Kubernetes reads YAML 1.1. A test checks the templates against the types.
  return parseAllDocuments(text, { version: "1.1" }).map((document) => managed(document.toJS() as Kube));
}

/** The template's object of this kind; `name` replaces its name. */
export function readObject<const K extends Known>(text: string, kind: K, name?: string): Kube<K["kind"]> {
  const found = readObjects(text).find((object) => isA(object, kind));
  if (!found) throw new Error(`Cannot read ${kind.kind} from its template: the template has no such object`);
  return name === undefined ? found : { ...found, metadata: { ...found.metadata, name } };
}

function managed<T extends Kube>(object: T): T {
  const labels = { ...object.metadata.labels, [CLUSTER.managedByLabel]: CLUSTER.managedBy };
  return { ...object, metadata: { ...object.metadata, labels } };
}
