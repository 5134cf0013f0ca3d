/**
 * Config → cloud assembly. A function of the config and the pinned facts: no lookup, no account, no clock. CDK settings
 * in the caller's environment have no effect.
 */
import { Stage } from "aws-cdk-lib/core";
import { UnituneError } from "../lib/core/errors.ts";
import { formatBytes } from "../lib/core/units.ts";
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
  // Not the CDK's: its error is a bug of unitune's. We count (`refuseTooLarge`), and say what is too much.
  "@aws-cdk/core:stackResourceLimit": 0,
};

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html */
const MOST_RESOURCES = 500, MOST_BYTES = 1_000_000;

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
    for (const { stackName, template } of tree.synth().stacks) refuseTooLarge(stackName, template);
    resolve({ stacks });
  });
}

/** Before anything is deployed: CloudFormation says it only when the stacks before this one are there. */
function refuseTooLarge(stack: string, template: { readonly Resources?: Readonly<Record<string, { Type: string }>> }) {
  const resources = Object.values(template.Resources ?? {}), bytes = JSON.stringify(template, null, 1).length;
  if (resources.length <= MOST_RESOURCES && bytes <= MOST_BYTES) return;
  const found = resources.length > MOST_RESOURCES ? `${resources.length} resources` : formatBytes(bytes);
  const byType = Object.entries(Object.groupBy(resources, ({ Type }) => Type)).map(([type, all]) =>
    [type, all!.length] as const
  );
  const most = byType.toSorted((a, b) => b[1] - a[1]).slice(0, 5).map(([type, count]) => `${count} of ${type}`);
  throw new UnituneError(
    "STACK_TOO_LARGE",
    `Cannot create stack ${stack} as CloudFormation takes at most ${MOST_RESOURCES} resources and 1 MB: found ${found}`,
    {
      path: "images",
      lines: most,
      hint: "Each image has a repository: declare some of them in a project of their own",
    },
  );
}
