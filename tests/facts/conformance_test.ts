/** What the program says of AWS is in the catalogue; and a near miss of any kind would be found. */
import assert from "node:assert/strict";
import { claims } from "./claims.ts";
import { type Claims, conformance } from "./conformance.ts";

type Mutable<T> = { -readonly [K in keyof T]: Mutable<T[K]> };

/** One thing that a release could have wrong, and what is then said. */
interface NearMiss {
  readonly name: string;
  readonly change: (claims: Mutable<Claims>) => void;
  readonly finding: RegExp;
}

const of = (name: string, finding: RegExp, change: NearMiss["change"]): NearMiss => ({ name, change, finding });

const VERSIONS: readonly NearMiss[] = [
  of("a Bottlerocket release before the variant's first", /Kubernetes 1\.35: no Bottlerocket v1\.50\.0/, (claims) => {
    claims.kubernetes["1.35"]!.amis.bottlerocket = "v1.50.0";
  }),
  of("a Bottlerocket release that never was", /Kubernetes 1\.36: no Bottlerocket v1\.66\.1/, (claims) => {
    claims.kubernetes["1.36"]!.amis.bottlerocket = "v1.66.1";
  }),
  of("an AL2023 date without a release", /Kubernetes 1\.34: no AL2023 v20260931/, (claims) => {
    claims.kubernetes["1.34"]!.amis.al2023 = "v20260931";
  }),
  of("an AL2023 release older than the version", /Kubernetes 1\.37: no AL2023 v20260903/, (claims) => {
    claims.kubernetes["1.37"]!.amis.al2023 = "v20260903";
  }),
  of("an AL2023 release that AWS warns of", /AWS warns of AL2023 v20261003/, (claims) => {
    claims.kubernetes["1.34"]!.amis.al2023 = "v20261003";
  }),
  of("a family of images that EKS has not", /Kubernetes 1\.35: no images of al2 are known/, (claims) => {
    claims.kubernetes["1.35"]!.amis.al2 = "v20261023";
  }),
  of("a version of Kubernetes that EKS has not", /Kubernetes 1\.99: EKS does not offer it/, (claims) => {
    claims.kubernetes["1.99"] = { ...claims.kubernetes["1.36"]! };
  }),
  of("Karpenter's minor version off by one", /Kubernetes 1\.35: needs Karpenter 1\.9, claimed 1\.8/, (claims) => {
    claims.kubernetes["1.35"]!.karpenterMinor = 8;
  }),
  of("a Karpenter too old for a version", /Kubernetes 1\.36: Karpenter 1\.12\.9 is too old/, (claims) => {
    claims.karpenter = "1.12.9";
  }),
  of("a Karpenter that was never released", /Kubernetes 1\.37: no Karpenter 1\.15\.7/, (claims) => {
    claims.kubernetes["1.37"]!.karpenter = "1.15.7";
  }),
  of("the newest version without a Karpenter of its own", /Kubernetes 1\.37: Karpenter .* is too old/, (claims) => {
    delete claims.kubernetes["1.37"]!.karpenter;
  }),
  of("the end of standard support a day off", /support ends on 2027-03-27, claimed 2027-03-28/, (claims) => {
    claims.kubernetes["1.35"]!.extendedFrom = "2027-03-28";
  }),
  of("an end of support left out that is known", /support ends on 2027-08-02, claimed null/, (claims) => {
    claims.kubernetes["1.36"]!.extendedFrom = null;
  }),
  of("an add-on's build off by one", /Kubernetes 1\.35: no kube-proxy v1\.35\.3-eksbuild\.22/, (claims) => {
    claims.kubernetes["1.35"]!.addOns["kube-proxy"] = "v1.35.3-eksbuild.22";
  }),
  of("an add-on's version of the next Kubernetes", /Kubernetes 1\.34: no coredns v1\.14\.3-eksbuild\.16/, (claims) => {
    claims.kubernetes["1.34"]!.addOns.coredns = "v1.14.3-eksbuild.16";
  }),
  of("a default version that is none of them", /default version 1\.38 is not one of those known/, (claims) => {
    claims.defaultKubernetes = "1.38";
  }),
  of("another price of extended support", /extended support costs 0\.6 USD an hour, claimed 0\.5/, (claims) => {
    claims.controlPlane.extended = 0.5;
  }),
];

const size = (claims: Mutable<Claims>, preset: string, type: string) =>
  claims.presets[preset]!.sizes.find((each) => each.type === type)!;

const MACHINES: readonly NearMiss[] = [
  of("a count of GPUs", /g7e\.12xlarge has 2 GPUs, claimed 4/, (claims) => {
    size(claims, "rtx-pro-server-6000", "g7e.12xlarge").gpus = 4;
  }),
  of("a count of EFA interfaces", /p5\.48xlarge has 32 EFA interfaces, claimed 16/, (claims) => {
    size(claims, "h100", "p5.48xlarge").efa = 16;
  }),
  of("an EFA interface where there is none", /g6\.xlarge has 0 EFA interfaces, claimed 1/, (claims) => {
    size(claims, "l4", "g6.xlarge").efa = 1;
  }),
  of("a misspelt instance type", /h100: p5\.48xlarg is no instance type/, (claims) => {
    size(claims, "h100", "p5.48xlarge").type = "p5.48xlarg";
  }),
  of("a type under another GPU's name", /l40s: g6\.xlarge has l4 GPU, claimed l40s/, (claims) => {
    claims.presets.l40s!.sizes.push({ type: "g6.xlarge", gpus: 1, efa: 0 });
  }),
  of("a share of a GPU taken for one", /l4: g6f\.xlarge has 0 GPUs, claimed 1/, (claims) => {
    claims.presets.l4!.sizes.push({ type: "g6f.xlarge", gpus: 1, efa: 0 });
  }),
  of("a size left out", /g5\.48xlarge has a10g, and no preset has it/, (claims) => {
    claims.presets.a10g!.sizes = claims.presets.a10g!.sizes.filter(({ type }) => type !== "g5.48xlarge");
  }),
  of("the memory of a GPU", /b300: p6-b300\.48xlarge has 275040 MiB a GPU/, (claims) => {
    claims.presets.b300!.memoryMiB = [294_912];
  }),
  of("system nodes of a type that a region lacks", /system nodes: ap-southeast-5 has no m5\.large/, (claims) => {
    claims.systemNodes["ap-southeast-5"] = ["m5.large"];
  }),
  of("a misspelt type of system nodes", /system nodes: m6i\.larg is no instance type/, (claims) => {
    claims.systemNodes["us-east-1"] = ["m6i.larg"];
  }),
  of("system nodes of two architectures", /types of several architectures: m6i\.large, m6g\.large/, (claims) => {
    claims.systemNodes["us-east-1"] = ["m6i.large", "m6g.large"];
  }),
];

const PLACES: readonly NearMiss[] = [
  of("a registry's account off by a digit", /us-gov-east-1: EKS's images are at 151742754352\./, (claims) => {
    claims.registries["us-gov-east-1"] = "151742754353.dkr.ecr.us-gov-east-1.amazonaws.com";
  }),
  of("a registry in China with the suffix of others", /cn-north-1: EKS's images are at 918309763551\./, (claims) => {
    claims.registries["cn-north-1"] = "918309763551.dkr.ecr.cn-north-1.amazonaws.com";
  }),
  of("a region's partition", /eusc-de-east-1 is of aws-eusc \(amazonaws\.eu\), claimed aws \(amazonaws/, (claims) => {
    claims.partitions["eusc-de-east-1"] = { partition: "aws", domain: "amazonaws.com" };
  }),
  of("a region that is none", /us-west-3: no such region/, (claims) => {
    claims.zones["us-west-3"] = ["usw3-az1"];
  }),
  of("a zone that is none", /us-west-2: no zone usw2-az5/, (claims) => {
    claims.zones["us-west-2"]!.push("usw2-az5");
  }),
];

const example = (claims: Mutable<Claims>, name: string) => claims.configs[name]!;

const EXAMPLES: readonly NearMiss[] = [
  of("an example in a region without EKS", /smallest: EKS is not offered in us-west-9/, (claims) => {
    example(claims, "smallest").region = "us-west-9";
  }),
  of("an example with a family that is not there", /monorepo: pool cpu: eu-central-1 has no c99i/, (claims) => {
    example(claims, "monorepo").pools.cpu!.families = ["c99i"];
  }),
  of(
    "an example with GPUs that its region lacks",
    /multi-node-h100: pool train: .* has none of its types/,
    (claims) => {
      example(claims, "multi-node-h100").region = "eu-central-2";
    },
  ),
  of("an example with an add-on that EKS has not", /existing-vpc: no add-on amazon-cloudwatch-observer/, (claims) => {
    example(claims, "existing-vpc").addOns.push("amazon-cloudwatch-observer");
  }),
  of("a pod that asks for more GPUs than a node has", /pool train fits on none of its types/, (claims) => {
    example(claims, "multi-node-h100").workloads[0]!.resources["nvidia.com/gpu"] = 9;
  }),
  of("a pod that asks for more EFA than a node has", /pool train fits on none of its types/, (claims) => {
    example(claims, "multi-node-h100").workloads[0]!.resources["vpc.amazonaws.com/efa"] = 33;
  }),
  of("a pod that asks for hugepages", /asks for hugepages-1Gi, which no node/, (claims) => {
    example(claims, "lora-l40s").workloads[0]!.resources["hugepages-1Gi"] = "5Gi";
  }),
  of("a pod of a pool that is not declared", /lora-l40s: a pod of pool tunes: no such pool/, (claims) => {
    example(claims, "lora-l40s").workloads[0]!.pool = "tunes";
  }),
];

const claimed = await claims(), before = conformance(claimed);

Deno.test("every pin, preset, default and example is in the catalogue", () => {
  assert.deepEqual(before, []);
});

for (const { name, change, finding } of [...VERSIONS, ...MACHINES, ...PLACES, ...EXAMPLES]) {
  Deno.test(`a near miss is found: ${name}`, () => {
    const changed = structuredClone(claimed) as Mutable<Claims>;
    change(changed);
    const found = conformance(changed).filter((each) => !before.includes(each));
    assert.match(found.join("\n"), finding);
  });
}
