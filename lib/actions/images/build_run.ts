/** What the builds of one run share: whom they ask, and whom they tell. */
import type { Emitter } from "../../core/emitter.ts";
import type { KubePort } from "../../core/ports.ts";
import type { Deployed } from "../../plan/types.ts";
import type { Ports, Project } from "../types.ts";

export interface BuildRun {
  readonly project: Project;
  readonly deployed: Deployed;
  readonly ports: Pick<Ports, "registry" | "contexts" | "clock">;
  /** Opened only when something has to be built. */
  readonly kube: () => Promise<KubePort>;
  readonly emitter: Emitter;
  readonly signal: AbortSignal;
}
