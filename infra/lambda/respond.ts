/** CloudFormation waits for an answer at a presigned URL: without one, the stack hangs until its timeout. */

/** The event that CloudFormation sends to the function of a custom resource. */
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
  // As bytes: text would add a content type, for which the URL is not signed.
  const body = new TextEncoder().encode(JSON.stringify(answer));
  await fetch(event.ResponseURL, { method: "PUT", body });
}
