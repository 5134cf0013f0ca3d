/** What of a stack was changed outside of CloudFormation: its own drift detection, read to the end. */
import {
  type CloudFormationClient,
  DescribeStackDriftDetectionStatusCommand,
  DetectStackDriftCommand,
  paginateDescribeStackResourceDrifts,
  type StackResourceDrift,
} from "@aws-sdk/client-cloudformation";
import { UnituneError } from "../../core/errors.ts";
import type { FieldChange } from "../../core/fields.ts";
import type { DriftedResource, StackDrift } from "../../core/ports.ts";
import { itemsOf } from "./pages.ts";
import { propertyPath } from "./stack_fields.ts";

/** CloudFormation takes up to several minutes, by the number of resources. */
const LONGEST_MS = 600_000;
/** The states of a stack in which CloudFormation detects drift, by its user guide. */
export const DRIFT_STATES: readonly string[] = [
  "CREATE_COMPLETE",
  "UPDATE_COMPLETE",
  "UPDATE_ROLLBACK_COMPLETE",
  "UPDATE_ROLLBACK_FAILED",
];
const STATES = { MODIFIED: "modified", DELETED: "deleted" } as const;

/** `wait`: called between two looks. */
export async function detectDrift(
  client: CloudFormationClient,
  stack: string,
  wait: () => Promise<void>,
): Promise<StackDrift> {
  const { StackDriftDetectionId } = await client.send(new DetectStackDriftCommand({ StackName: stack }));
  await detected(client, stack, StackDriftDetectionId, wait);
  const filters = ["MODIFIED", "DELETED", "UNKNOWN"] as const;
  const request = { StackName: stack, StackResourceDriftStatusFilters: [...filters] };
  const found = await itemsOf(paginateDescribeStackResourceDrifts({ client }, request), (page) => {
    return page.StackResourceDrifts;
  });
  const resources = found.flatMap(drifted).sort((a, b) => a.logicalId < b.logicalId ? -1 : 1);
  return { stack, resources, unread: found.flatMap(unread) };
}

async function detected(
  client: CloudFormationClient,
  stack: string,
  id: string | undefined,
  wait: () => Promise<void>,
) {
  for (const started = Date.now(); Date.now() - started < LONGEST_MS; await wait()) {
    const request = new DescribeStackDriftDetectionStatusCommand({ StackDriftDetectionId: id });
    const { DetectionStatus } = await client.send(request);
    // It fails as a whole if a single resource could not be read: what was read is there all the same.
    if (DetectionStatus !== "DETECTION_IN_PROGRESS") return;
  }
  throw new UnituneError(
    "AWS_UNREACHABLE",
    `Cannot compare stack ${stack} with what it made: no answer in 10 minutes`,
    {
      path: stack,
      hint: "Run the same command again",
    },
  );
}

function drifted(drift: StackResourceDrift): DriftedResource[] {
  const { LogicalResourceId: logicalId, ResourceType: resourceType, StackResourceDriftStatus: status } = drift;
  if (status !== "MODIFIED" && status !== "DELETED") return [];
  const fields = (drift.PropertyDifferences ?? []).map(({ PropertyPath, ExpectedValue, ActualValue }): FieldChange => {
    return { path: propertyPath(PropertyPath ?? ""), before: known(ActualValue), after: known(ExpectedValue) };
  });
  return [{ logicalId: logicalId!, resourceType: resourceType!, state: STATES[status], fields }];
}

function unread({ LogicalResourceId, StackResourceDriftStatus, DriftStatusReason }: StackResourceDrift): string[] {
  return StackResourceDriftStatus === "UNKNOWN" ? [`${LogicalResourceId}: ${DriftStatusReason ?? "no reason"}`] : [];
}

/** CloudFormation writes `null` for a value that is missing on one side. */
function known(value: string | undefined): string | null {
  return value === undefined || value === "null" ? null : value;
}
