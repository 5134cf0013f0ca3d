/** CloudFormation waits for an answer at a presigned address: without one, a stack hangs until its timeout. */

/** What CloudFormation tells the function of a custom resource. */
export interface CustomResourceEvent {
  readonly RequestType: "Create" | "Update" | "Delete";
  readonly ResponseURL: string;
  readonly StackId: string;
  readonly RequestId: string;
  readonly LogicalResourceId: string;
  readonly PhysicalResourceId?: string;
  readonly ResourceProperties: Readonly<Record<string, string>>;
}

/** Success, or a failure with its reason. */
export async function respond(event: CustomResourceEvent, error?: unknown): Promise<void> {
  const answer = {
    Status: error === undefined ? "SUCCESS" : "FAILED",
    Reason: error === undefined ? "done" : String(error),
    PhysicalResourceId: event.PhysicalResourceId || event.LogicalResourceId,
    StackId: event.StackId,
    RequestId: event.RequestId,
    LogicalResourceId: event.LogicalResourceId,
  };
  // As bytes: with text goes a content type, which the address is not signed for.
  const body = new TextEncoder().encode(JSON.stringify(answer));
  await fetch(event.ResponseURL, { method: "PUT", body });
}
