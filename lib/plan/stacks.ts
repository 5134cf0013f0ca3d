/** The stacks of a config. */
import { type StackKind, stackName } from "../core/names.ts";
import type { Config } from "./types.ts";

/** In the order of their deployment. An existing VPC has no stack. */
export function stackKinds({ network }: Pick<Config, "network">): readonly StackKind[] {
  return network.kind === "own" ? ["vpc", "eks"] : ["eks"];
}

export function stackNames(config: Config): readonly string[] {
  return stackKinds(config).map((kind) => stackName(config.name, kind));
}
