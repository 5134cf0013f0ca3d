/**
 * A placement group with the cluster strategy for each pool that asks for one. EC2 cannot delete a group while an
 * instance is in it, and CloudFormation updates stacks before unitune deletes nodes: so a group that is no longer in
 * the config remains until the clean-up, which finds it by its tag.
 */
import { type CfnResource, RemovalPolicy } from "aws-cdk-lib/core";
import { CfnPlacementGroup } from "aws-cdk-lib/aws-ec2";
import { Construct } from "constructs";
import type { Pool } from "../lib/plan/types.ts";

/** The tags in CloudFormation's form. */
export const PLACEMENT_GROUP = "AWS::EC2::PlacementGroup";

export class PlacementGroups extends Construct {
  /** Pool → name of its placement group. */
  readonly names: ReadonlyMap<string, string>;
  readonly resources: readonly CfnResource[];

  constructor(scope: Construct, id: string, pools: readonly Pool[]) {
    super(scope, id);
    const groups = pools.filter((pool) => pool.kind === "gpu" && pool.placementGroup === "cluster").map((pool) => {
      const group = new CfnPlacementGroup(this, pool.name, { strategy: "cluster" });
      group.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
      return [pool.name, group] as const;
    });
    this.resources = groups.map(([, group]) => group);
    // The node class selects it by name.
    this.names = new Map(groups.map(([pool, group]) => [pool, group.ref]));
  }
}
