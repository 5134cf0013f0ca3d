/**
 * Config → cloud assembly. A function of the config and the pinned facts: no lookup, no account, no clock. CDK settings
 * in the caller's environment have no effect.
 */
import { Stage } from "aws-cdk-lib/core";
import type { Config } from "../lib/plan/types.ts";
import type { FunctionCode } from "./function.ts";
import { makeStacks } from "./stacks.ts";

/** Feature flags that affect our templates, set on purpose; the others have the defaults of CDK's version. */
const CONTEXT = {
  // Exports: CloudFormation then refuses to delete or replace what the cluster still uses.
  "@aws-cdk/core:defaultCrossStackReferences": "strong",
  "aws:cdk:enable-path-metadata": false,
  "aws:cdk:enable-asset-metadata": false,
  // Stack traces of constructs contain local paths, but the files must be the same on every machine.
  "aws:cdk:disable-stack-trace": true,
  "aws:cdk:disable-creation-stack-traces": true,
};

/**
 * The root of the construct tree: like CDK's `App`, but without what `App` reads from the environment (context, output
 * folder, synthesis at exit), and without its validation of templates by a WebAssembly engine on every synth, which
 * takes five times as long as everything else and should run only on request.
 */
class Assembly extends Stage {
  constructor(outdir: string) {
    // A root has no scope; `App` makes the same call.
    super(undefined as never, "", { outdir });
    for (const [key, value] of Object.entries(CONTEXT)) this.node.setContext(key, value);
  }
}

/** The tree of the stacks, and their names in the order of deployment. Nothing is written until `synth()`. */
export function construct(
  config: Config,
  outdir: string,
  code: FunctionCode,
): { readonly tree: Stage; readonly stacks: string[] } {
  const tree = new Assembly(outdir);
  return { tree, stacks: makeStacks(tree, config, code).map(({ stackName }) => stackName) };
}

/** Writes manifest and templates into `outdir`, and returns the names of the stacks in the order of deployment. */
export function synthesize(config: Config, outdir: string, code: FunctionCode): Promise<{ stacks: string[] }> {
  return new Promise((resolve) => {
    const { tree, stacks } = construct(config, outdir, code);
    tree.synth();
    resolve({ stacks });
  });
}
