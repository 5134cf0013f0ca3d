/** The rooms of the house: who may import whom. `docs/architecture.md` shows the same table to people. */

export interface Room {
  /** Path prefix of the room's files; the longest one counts. */
  readonly at: string;
  /** Prefixes of our own files that the room may import, besides its own. */
  readonly may: readonly string[];
  /** Prefixes that may be imported for their types alone. */
  readonly types?: readonly string[];
  /** Mentions no runtime, clock, network or SDK. */
  readonly pure?: boolean;
}

export const ROOMS: readonly Room[] = [
  { at: "main.ts", may: ["lib/cli/"] },
  { at: "unitune.config.ts", may: ["lib/config/mod.ts"] },
  { at: "lib/mod.ts", may: ["lib/", "infra/"] },
  {
    at: "lib/project/",
    may: [
      "lib/core/",
      "lib/config/",
      "lib/plan/",
      "lib/images/",
      "lib/cluster/",
      "lib/permissions/",
      "lib/adapters/",
      "lib/actions/session.ts",
      "infra/synth.ts",
    ],
    types: ["lib/actions/operation.ts"],
  },
  { at: "lib/core/", may: [], pure: true },
  { at: "lib/config/", may: ["lib/core/"], pure: true },
  { at: "lib/plan/", may: ["lib/core/"], types: ["lib/config/types.ts"], pure: true },
  { at: "lib/pages/", may: ["lib/core/", "lib/plan/"], pure: true },
  { at: "lib/images/", may: ["lib/core/", "lib/plan/types.ts"], pure: true },
  { at: "lib/permissions/", may: ["lib/core/", "lib/plan/types.ts", "infra/permissions.json"], pure: true },
  { at: "lib/cluster/", may: ["lib/core/", "lib/plan/types.ts"], pure: true },
  { at: "infra/", may: ["lib/core/", "lib/plan/types.ts"] },
  // Runs in AWS; nobody imports it, synth gets its bundle as text.
  { at: "infra/lambda/", may: ["lib/core/facts/"] },
  { at: "lib/checks/", may: ["lib/core/", "lib/plan/", "lib/cluster/"], pure: true },
  {
    at: "lib/actions/",
    may: [
      "lib/core/",
      "lib/plan/",
      "lib/images/",
      "lib/cluster/",
      "lib/permissions/",
      "lib/checks/",
      "lib/jobs/",
    ],
    pure: true,
  },
  { at: "lib/jobs/", may: ["lib/core/"], pure: true },
  { at: "lib/adapters/", may: ["lib/core/", "lib/config/", "lib/images/"], types: ["lib/plan/types.ts"] },
  { at: "lib/cli/", may: ["lib/core/", "lib/mod.ts"] },
  { at: "examples/", may: ["lib/mod.ts", "lib/config/mod.ts"] },
];

export function roomOf(file: string): Room | undefined {
  return ROOMS.filter(({ at }) => file.startsWith(at)).sort((a, b) => b.at.length - a.at.length)[0];
}
