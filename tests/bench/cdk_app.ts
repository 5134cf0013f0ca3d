/** The same stacks as an ordinary CDK app: what `synth_against_cdk.ts` gives to the CDK's own command line. */
import { readFunctions } from "../../lib/adapters/assets.ts";
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

const config = JSON.parse(readFileSync(process.env["UNITUNE_CONFIG"]!, "utf8"));
const app = new App();
makeStacks(app, config, await readFunctions());
