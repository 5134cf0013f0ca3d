/**
 * Config → cloud assembly. A function of the config and the pinned facts: no lookup, no account, no clock; what the
 * caller's environment says about CDK changes no byte.
 */
import { Stage } from "aws-cdk-lib/core";
import type { Config } from "../lib/plan/types.ts";
import type { FunctionCode } from "./function.ts";
import { makeStacks } from "./stacks.ts";

/** Feature flags that reach our templates, set on purpose; CDK's defaults for the others are part of its version. */
const CONTEXT = {
  // Exports: CloudFormation itself then refuses to take away or replace what the cluster still stands on.
  "@aws-cdk/core:defaultCrossStackReferences": "strong",
  "aws:cdk:enable-path-metadata": false,
  "aws:cdk:enable-asset-metadata": false,
  // Where in our source a construct was made: paths of the machine, in files that must be the same on every machine.
  "aws:cdk:disable-stack-trace": true,
  "aws:cdk:disable-creation-stack-traces": true,
};

/**
 * The root of the construct tree: what CDK's `App` is, without what `App` takes from the environment (context, output
 * folder, synthesis at exit), and without its validation of templates by a WebAssembly engine on every synth, which
 * takes five times as long as all the rest and belongs where somebody asks for it.
 */
class Assembly extends Stage {
  constructor(outdir: string) {
    // A root has no scope: so `App` calls it, too.
    super(undefined as never, "", { outdir });
    for (const [key, value] of Object.entries(CONTEXT)) this.node.setContext(key, value);
  }
}

/** The tree of the stacks, and their names in the order of their deployment. Nothing is written until `synth()`. */
export function construct(
  config: Config,
  outdir: string,
  code: FunctionCode,
): { readonly tree: Stage; readonly stacks: string[] } {
  const tree = new Assembly(outdir);
  return { tree, stacks: makeStacks(tree, config, code).map(({ stackName }) => stackName) };
}

/** Writes manifest and templates into `outdir`, and names the stacks in the order of their deployment. */
export function synthesize(config: Config, outdir: string, code: FunctionCode): Promise<{ stacks: string[] }> {
  return new Promise((resolve) => {
    const { tree, stacks } = construct(config, outdir, code);
    tree.synth();
    resolve({ stacks });
  });
}
