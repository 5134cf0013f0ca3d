/** The schema of the storage that pods mount. */
import * as z from "zod";
import { FILE_SYSTEM, REGION } from "../../core/facts/ids.ts";
import { MAX_NAME, NAME_PATTERN } from "../../core/names.ts";
import { bucketName, kmsKey, namespaceName } from "./access.ts";
import { flag, spelt, text } from "../fields.ts";

const name = text(
  NAME_PATTERN,
  `lower-case letters, digits and single hyphens, a letter first, at most ${MAX_NAME} characters`,
).max(MAX_NAME);
const namespaces = z.array(namespaceName).min(1).max(20).optional();
const fileSystem = spelt(FILE_SYSTEM);

export const storage = z.strictObject({
  ebs: flag().optional(),
  buckets: z.record(
    name,
    z.strictObject({
      bucket: bucketName,
      region: spelt(REGION).optional(),
      kmsKey: kmsKey().optional(),
      namespaces,
    }),
  ).optional(),
  efs: z.record(name, z.strictObject({ id: fileSystem, namespaces })).optional(),
  fsx: z.record(
    name,
    z.strictObject({
      id: fileSystem,
      mountName: text(/^[A-Za-z0-9_-]{1,8}$/, "the mount name of a file system, at most 8 letters and digits"),
      dnsName: text(
        /^[a-z0-9][a-z0-9-]*(?:\.[a-z0-9][a-z0-9-]*)+$/,
        "a DNS name, like fs-0123456789abcdef0.fsx.us-west-2.amazonaws.com",
      ).optional(),
      namespaces,
    }),
  ).optional(),
}).optional();
