/** Makes `prices.json`: on-demand prices of the regions that Karpenter's Go module has tables of. */
import { generatedAt, pricesOf, sources, write } from "./sources.ts";

const from = sources("karpenter");
const texts = ["aws", "aws_us_gov", "aws_cn"].map((name) =>
  Deno.readTextFileSync(`${from.karpenter}/pkg/providers/pricing/zz_generated.pricing_${name}.go`)
);

write("prices.json", {
  source:
    "pkg/providers/pricing/zz_generated.pricing_*.go of the Go module github.com/aws/karpenter-provider-aws v1.15.1",
  asOf: generatedAt(texts[0]!),
  notes: [
    "USD an hour on demand, CNY in cn-*",
    `us-gov-*: ${generatedAt(texts[1]!)}; cn-*: ${generatedAt(texts[2]!)}`,
    "no source tells the other regions: Karpenter itself asks AWS for them",
  ],
  regions: Object.assign({}, ...texts.map(pricesOf)),
});
