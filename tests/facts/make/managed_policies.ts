/** Makes `managed-policies.json` from the list that moto ships: every policy that AWS manages, by name with its path. */
import { sources, versionOf, write } from "./sources.ts";

const { moto } = sources("moto");
const text = Deno.readTextFileSync(`${moto}/moto/iam/aws_managed_policies.py`);
const json = /aws_managed_policies_data = """\n([^]*)"""/.exec(text)?.[1];
if (!json) throw new Error("aws_managed_policies.py holds no list");
const found: Record<string, { readonly Path: string; readonly UpdateDate?: string; readonly CreateDate: string }> = JSON
  .parse(json);
/** Path → names. */
const policies: Record<string, string[]> = {};
for (const [name, { Path }] of Object.entries(found)) (policies[Path] ??= []).push(name);
for (const names of Object.values(policies)) names.sort();
const newest = Object.values(found).map(({ CreateDate, UpdateDate = CreateDate }) => UpdateDate).sort().at(-1)!;

write("managed-policies.json", {
  source: `moto ${versionOf(moto, "moto")}, moto/iam/aws_managed_policies.py`,
  asOf: newest.slice(0, 10),
  notes: ["path → names: arn:aws:iam::aws:policy<path><name>", "of partition aws: others have most of them"],
  policies,
});
