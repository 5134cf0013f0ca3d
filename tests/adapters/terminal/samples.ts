/** What a build and a stack tell a terminal. */
import type { EventBody } from "../../../lib/core/events.ts";

export const SOURCE = { pod: "base-amd64-x2x4z", container: "buildkit" } as const;
export const VPC = { type: "resource", id: "stacks", resourceType: "AWS::EC2::VPC", logicalId: "Vpc" } as const;

/** The log of a build, from its start. */
export function logs(...lines: string[]): EventBody[] {
  return [
    { type: "start", id: "build:base", title: "image base" },
    ...lines.map((line) => ({ type: "log" as const, id: "build:base", line, source: SOURCE })),
  ];
}
