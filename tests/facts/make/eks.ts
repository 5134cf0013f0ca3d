/** Makes `eks.json`: the versions of Kubernetes that EKS offers, when their support ends and what they cost. */
import { sources, write } from "./sources.ts";

interface Version {
  readonly released: string;
  readonly standardSupportEnds: string;
  readonly extendedSupportEnds: string;
  /** Oldest minor version of Karpenter 1 that supports it. */
  readonly karpenterMinor: number;
  /** The ends follow from the rule alone. */
  readonly computed?: true;
}

const OLDEST = "1.31";

/**
 * Announced on 2 October 2026 (AWS What's New 2026/10, amazon-eks-distro-kubernetes-version-1-37). No release calendar
 * that could be had tells its ends: they follow from the rule of the user guide, 14 and 26 months after the release.
 * Karpenter's module has 1.37 as its newest version since 1.15.
 */
const LATER: Readonly<Record<string, Version>> = {
  "1.37": {
    released: "2026-10-02",
    standardSupportEnds: "2027-12-02",
    extendedSupportEnds: "2028-12-02",
    karpenterMinor: 15,
    computed: true,
  },
};

const from = sources("calendar", "compatibility", "karpenter-versions");

/** The table of endoflife.date, which reads EKS's release calendar: one block a version. */
function calendar(): Record<string, Version> {
  const text = Deno.readTextFileSync(from.calendar);
  const minors = karpenter();
  const versions: Record<string, Version> = {};
  for (const [, kubernetes, block] of text.matchAll(/- releaseCycle: "(1\.\d+)"\n([\s\S]*?)\n\n/g)) {
    const field = (name: string) => block!.match(new RegExp(`${name}: (\\d{4}-\\d\\d-\\d\\d)`))?.[1] ?? "";
    if (Number(kubernetes!.slice(2)) < Number(OLDEST.slice(2))) continue;
    versions[kubernetes!] = {
      released: field("releaseDate"),
      standardSupportEnds: field("eol"),
      extendedSupportEnds: field("eoes"),
      karpenterMinor: minors[kubernetes!]!,
    };
  }
  return versions;
}

/** Karpenter's compatibility matrix: Kubernetes → minor version of Karpenter 1. */
function karpenter(): Record<string, number> {
  const lines = Deno.readTextFileSync(from.compatibility).split("\n");
  const cells = (start: string) =>
    lines.find((line) => line.startsWith(start))!.split("|").slice(2, -1).map((cell) => cell.trim());
  const [versions, needed] = [cells("| Kubernetes"), cells("| karpenter")];
  return Object.fromEntries(
    versions.map((version, index) => [version, Number(needed[index]!.match(/1\.(\d+)/)?.[1] ?? 0)]),
  );
}

/** What `go list -m -versions` prints: the module, then its versions. */
const releases = Deno.readTextFileSync(from["karpenter-versions"]).trim().split(" ").slice(1)
  .filter((version) => /^v1\.\d+\.\d+$/.test(version)).map((version) => version.slice(1));

write("eks.json", {
  source:
    "EKS's release calendar as endoflife.date reads it (products/amazon-eks.md at a70eca337600, 22 August 2026); " +
    "Karpenter: website/content/en/v1.14/upgrading/compatibility.md at 1d927085dd81 (21 August 2026); 1.37: AWS What's New, " +
    "2 October 2026; prices: EKS's pricing page as cited there",
  asOf: "2026-10-02",
  notes: [
    "computed: the ends follow from the rule, 14 and 26 months after the release; no calendar with them could be had",
    "1.31 leaves extended support on 26 November 2026: EKS then creates no clusters of it",
    "karpenterReleases: versions of the Go module that a module proxy lists; there are more",
    "prices in USD an hour of one cluster; EKS moves one minor version at a time",
  ],
  karpenterReleases: releases,
  usdPerHour: { standard: 0.1, extended: 0.6 },
  versions: Object.fromEntries(Object.entries({ ...calendar(), ...LATER }).sort(([a], [b]) => a < b ? -1 : 1)),
});
