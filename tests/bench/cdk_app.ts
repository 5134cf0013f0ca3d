/** The same stacks as an ordinary CDK app: what `synth_against_cdk.ts` gives to the CDK's own command line. */
import { readFileSync } from "node:fs";
import process from "node:process";
import { App } from "aws-cdk-lib/core";
import { makeStacks } from "../../infra/stacks.ts";

/** Node.js 20 has none. */
Map.groupBy ??= <K, T>(items: Iterable<T>, keyOf: (item: T, index: number) => K): Map<K, T[]> => {
  const groups = new Map<K, T[]>();
  let at = 0;
  for (const item of items) {
    const key = keyOf(item, at++);
    groups.set(key, [...groups.get(key) ?? [], item]);
  }
  return groups;
};

const { config, functions } = JSON.parse(readFileSync(process.env["UNITUNE_CONFIG"]!, "utf8"));
makeStacks(new App(), config, functions);
