/** Makes `amis.json`: which releases of Bottlerocket and of Amazon Linux 2023 there are for each version of Kubernetes. */
import { sources, write } from "./sources.ts";

const ARCHS = ["x86_64", "arm64"];

/**
 * The first release of each Bottlerocket variant: release notes of v1.22.0, v1.30.0, v1.39.0, v1.47.0, v1.53.0 (14
 * January 2026), v1.61.0 (18 May 2026) and v1.66.0 (22 September 2026), and the tracking issues of the variants.
 */
const FIRST_BOTTLEROCKET: Readonly<Record<string, string>> = {
  "1.31": "1.22.0",
  "1.32": "1.30.0",
  "1.33": "1.39.0",
  "1.34": "1.47.0",
  "1.35": "1.53.0",
  "1.36": "1.61.0",
  "1.37": "1.66.0",
};

/** Releases after the newest `Release.toml` that could be had: bottlerocket.dev, "Package Versions" of 1.67.x and 1.68.x. */
const LATER_BOTTLEROCKET = ["1.67.0", "1.68.0", "1.68.1"];

/**
 * Releases after the newest CHANGELOG.md that could be had, each named by its own release notes or by "Full Changelog"
 * of the next one; 20260911, 20260917 and 20260923 by operators who pin them and name the SSM parameter that they read.
 */
const LATER_AL2023 = [
  ...["20260724", "20260728", "20260801", "20260810", "20260818", "20260827"],
  ...["20260903", "20260911", "20260917", "20260923", "20260930"],
  ...["20261003", "20261012", "20261019", "20261023"],
];

/** Release notes of these tell images for 1.37; on 4 October 2026 a node group of 1.37 ran what 20260930 is built from. */
const WITH_1_37 = ["20260930", "20261003", "20261012", "20261019", "20261023"];

const AVOID = {
  "20260930": "kernel 6.12.110 panics on some instances of Kubernetes 1.31 to 1.35 (awslabs/amazon-eks-ami#2845)",
  "20261003": "kernel 6.12.110 panics on some instances of Kubernetes 1.31 to 1.35 (awslabs/amazon-eks-ami#2845)",
};

const from = sources("bottlerocket", "eks-ami");

/** Every release that a `Release.toml` of Bottlerocket tells how to migrate to, and the later ones. */
function bottlerocket(): Record<string, unknown> {
  const text = Deno.readTextFileSync(from.bottlerocket);
  const all = [
    ...[...text.matchAll(/^"\([\d.]+, ([\d.]+)\)"/gm)].map(([, release]) => release!),
    ...LATER_BOTTLEROCKET,
  ];
  return Object.fromEntries(
    Object.entries(FIRST_BOTTLEROCKET).map(([kubernetes, first]) => {
      const releases = all.slice(all.indexOf(first));
      const variants = ["", "nvidia", "fips", ...(kubernetes >= "1.35" ? ["nvidia-fips"] : [])];
      return [kubernetes, { first, newest: releases.at(-1), releases, variants, archs: ARCHS }];
    }),
  );
}

/** Kubernetes → release → how many of the five images (standard and NVIDIA for both architectures, Neuron) it has. */
function images(changelog: string): Map<string, Map<string, number>> {
  const found = new Map<string, Map<string, number>>();
  const names = new Set(
    changelog.match(/amazon-eks-node-al2023-(?:x86_64|arm64)-(?:standard|nvidia|neuron)-1\.\d+-v\d{8}/g),
  );
  for (const name of names) {
    const [kubernetes, release] = name.match(/(1\.\d+)-v(\d{8})/)!.slice(1) as [string, string];
    const releases = found.get(kubernetes) ?? found.set(kubernetes, new Map()).get(kubernetes)!;
    releases.set(release, (releases.get(release) ?? 0) + 1);
  }
  return found;
}

function al2023(): Record<string, unknown> {
  const told = images(Deno.readTextFileSync(from["eks-ami"]));
  return Object.fromEntries(
    Object.keys(FIRST_BOTTLEROCKET).map((kubernetes) => {
      const full = [...told.get(kubernetes) ?? []].filter(([, count]) => count === 5).map(([release]) => release)
        .sort();
      const releases = kubernetes === "1.37" ? WITH_1_37 : [...full, ...LATER_AL2023];
      const variants = { x86_64: ["standard", "nvidia", "neuron"], arm64: ["standard", "nvidia"] };
      return [kubernetes, { first: releases[0], newest: releases.at(-1), releases, variants }];
    }),
  );
}

write("amis.json", {
  source: "Bottlerocket: [migrations] of Release.toml of bottlerocket-os/bottlerocket at 1.66.0, later releases from " +
    "bottlerocket.dev; AL2023: CHANGELOG.md of awslabs/amazon-eks-ami at v20260714, later releases from its release notes",
  asOf: "2026-10-23",
  notes: [
    "releases are in their order; a release before a variant's first has no image and no SSM parameter",
    "Bottlerocket's SSM parameters: /aws/service/bottlerocket/aws-k8s-<kubernetes>[-<variant>]/<arch>/<release>/image_id",
    "AL2023's: /aws/service/eks/optimized-ami/<kubernetes>/amazon-linux-2023/<arch>/<variant>/amazon-eks-node-al2023-<arch>-<variant>-<kubernetes>-v<release>/image_id",
    "of AL2023 for 1.31 and 1.32 only the releases that have all five images are listed",
    "newer releases than 1.68.1 and 20261023 may exist: the sources end there; avoid: releases that AWS warns of",
  ],
  bottlerocket: bottlerocket(),
  al2023: al2023(),
  avoid: AVOID,
});
