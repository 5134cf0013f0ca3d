/** What an observation gives where everything is as it should be, and nothing is declared. */
import type { Observed } from "../../lib/plan/changes.ts";

export const SETTLED: Observed = {
  bootstrap: "none",
  policies: [],
  stacks: [],
  drift: null,
  quotas: {},
  kubernetes: null,
  karpenter: null,
  access: [],
  charts: "none",
  objects: [],
  rolls: {},
  ready: [],
  stale: [],
  images: {},
  reasons: {},
  old: [],
  caller: null,
  findings: [],
  notes: [],
};
