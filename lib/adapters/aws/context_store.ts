import {
  AbortMultipartUploadCommand,
  DeleteObjectsCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  type ObjectIdentifier,
  paginateListObjectsV2,
  PutObjectCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import type { ContextStorePort } from "../../core/ports.ts";
import type { Clients } from "./clients.ts";
import { calling, callingOrNull } from "./errors.ts";

interface Place {
  readonly Bucket: string;
  readonly ExpectedBucketOwner: string;
}

/** Every request names the account that the bucket must belong to: S3 refuses it for the bucket of another account. */
export function contextStore(clients: Clients, Bucket: string, ExpectedBucketOwner: string): ContextStorePort {
  const place = { Bucket, ExpectedBucketOwner };
  return {
    stat: (Key) =>
      callingOrNull("s3:GetObject", `${Bucket}/${Key}`, ["NotFound", "NoSuchKey"], async () => {
        const client = await clients.s3();
        let now = Date.now();
        const command = new HeadObjectCommand({ ...place, Key });
        // Use the store's clock, so that a machine with a wrong clock does not rely on an object that expires soon.
        command.middlewareStack.add((next) => async (args) => {
          const result = await next(args);
          const headers = (result.response as { headers?: Record<string, string> }).headers;
          now = Date.parse(headers?.["date"] ?? "") || now;
          return result;
        }, { step: "deserialize", priority: "low", name: "storeClock" });
        const { LastModified, ContentLength } = await client.send(command);
        return { storedAt: LastModified?.getTime() ?? 0, now, bytes: ContentLength ?? 0 };
      }),
    put: (Key, Body) =>
      calling("s3:PutObject", `${Bucket}/${Key}`, async () => {
        await (await clients.s3()).send(new PutObjectCommand({ ...place, Key, Body }));
      }),
    empty: async () =>
      await callingOrNull("s3:DeleteObject", Bucket, ["NoSuchBucket"], async () => empty(await clients.s3(), place)) ??
        0,
  };
}

async function empty(client: S3Client, place: Place): Promise<number> {
  let deleted = 0;
  for await (const page of paginateListObjectsV2({ client }, place)) {
    const Objects: ObjectIdentifier[] = (page.Contents ?? []).map(({ Key }) => ({ Key }));
    if (Objects.length === 0) continue;
    const { Errors } = await client.send(new DeleteObjectsCommand({ ...place, Delete: { Objects, Quiet: true } }));
    if (Errors?.[0]) throw new Error(`${Errors[0].Code}: ${Errors[0].Key}: ${Errors[0].Message}`);
    deleted += Objects.length;
  }
  for (let uploads = await unfinished(client, place); uploads.length > 0; uploads = await unfinished(client, place)) {
    for (const { Key, UploadId } of uploads) {
      await client.send(new AbortMultipartUploadCommand({ ...place, Key, UploadId }));
    }
    deleted += uploads.length;
  }
  return deleted;
}

async function unfinished(client: S3Client, place: Place) {
  return (await client.send(new ListMultipartUploadsCommand(place))).Uploads ?? [];
}
