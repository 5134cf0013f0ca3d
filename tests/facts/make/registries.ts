/** Makes `registries.json`: where the images of EKS's own add-ons are, by region. Two sources must agree. */
import { byType, sources, write } from "./sources.ts";

const from = sources("guide", "eksctl", "offerings");

/** The user guide's table: region → host. */
function guide(): Map<string, string> {
  const rows = Deno.readTextFileSync(from.guide).matchAll(/\|(\d{12}\.dkr\.ecr\.([a-z0-9-]+)\.[a-z.]+)/g);
  return new Map([...rows].map(([, host, region]) => [region!, host!]));
}

/** eksctl's table: region → account, from its constants and its switch. */
function eksctl(): { accounts: Map<string, string>; standard: string } {
  const text = Deno.readTextFileSync(from.eksctl);
  const constants = new Map([...text.matchAll(/\t(\w+) += "([^"]+)"/g)].map(([, name, value]) => [name!, value!]));
  const cases = [...text.matchAll(/case (Region\w+):\n\t\treturn (eksResourceAccount\w+)/g)];
  const accounts = new Map(cases.map(([, region, account]) => [constants.get(region!)!, constants.get(account!)!]));
  return { accounts, standard: constants.get("eksResourceAccountStandard")! };
}

const { accounts, standard } = eksctl();
const hosts = guide();
const { regions } = JSON.parse(Deno.readTextFileSync(from.offerings)) as {
  regions: Record<string, { partition: string; domain: string; eks: boolean }>;
};
const entries: Record<string, unknown> = {};
const unsure: string[] = [];

for (const [region, { partition, domain, eks }] of Object.entries(regions).sort(byType)) {
  if (!eks) continue;
  const told = accounts.get(region);
  const known = hosts.has(region) || told;
  if (!known) {
    unsure.push(region);
    continue;
  }
  const account = told ?? standard;
  const host = `${account}.dkr.ecr.${region}.${domain}`;
  if (hosts.has(region) && hosts.get(region) !== host) {
    throw new Error(`${region}: ${hosts.get(region)} against ${host}`);
  }
  entries[region] = { partition, account, host };
}

write("registries.json", {
  source: "EKS's user guide, latest/ug/workloads/add-ons-images.adoc at 4d52b4d05e34 (18 December 2024), and eksctl, " +
    "pkg/apis/eksctl.io/v1alpha5/types.go at 99984adb6164 (21 August 2026): they agree wherever both tell a region",
  asOf: "2026-08-21",
  notes: [
    "repositories are named eks/<image> there; registries of other regions of the partition serve them too, slower",
    `no source tells: ${unsure.join(", ") || "none"}`,
    "ap-east-2: the user guide prints a host of ap-east-1 with ap-east-2's account; the region's own host is listed here",
  ],
  regions: entries,
});
