/**
 * Schemas of the JSON documents that `--json` prints. They are loaded only by `unitune schema`: other commands use only
 * their types. Fields may be added within a version; removing or changing one needs a new version.
 */
import * as z from "zod";
import type { JsonSchema } from "../../mod.ts";
import { DOCUMENT_VERSION, type DocumentKind, PRINTED_BY } from "./kinds.ts";

const version = z.literal(DOCUMENT_VERSION).describe("Version of the document");
const text = z.string();
const seconds = z.number().min(0);
const usd = z.number().min(0);
const bytes = z.int().min(0);
const texts = z.array(text).readonly();
const list = <Item extends z.ZodType>(item: Item) => z.array(item).readonly();

const ref = z.strictObject({
  apiVersion: text,
  kind: text,
  name: text,
  namespace: text.optional(),
});

const fields = list(z.strictObject({
  path: text.describe("`spec.limits.cpu`, or the path of a property"),
  before: text.nullable().describe("The value now; null: not set"),
  after: text.nullable().describe("The value afterwards; null: not set"),
  by: text.optional().describe("Who else has written it"),
  replaces: z.literal(true).optional().describe("Whether this is why the resource is replaced"),
})).optional().describe("What changes, field by field");
const rolls = z.strictObject({
  nodes: z.int().min(1).describe("How many nodes the pool has now"),
  all: z.boolean().describe("Whether all are replaced; if not, those that no longer match"),
  because: texts.describe("Paths of fields, or versions of Kubernetes"),
  budgets: texts.describe("How many may be replaced at once"),
  held: texts.describe("Pods that hold a node, and why"),
}).optional().describe("The nodes that Karpenter replaces, or that end with their pool");
const versionStep = z.strictObject({ from: text, to: text, step: z.int().min(1), of: z.int().min(1) });
const stackDiff = z.strictObject({
  stack: text,
  exists: z.boolean().describe("Whether the stack is deployed now"),
  status: text.optional().describe("Its status, if CloudFormation knows the stack"),
  changes: list(z.strictObject({
    logicalId: text,
    resourceType: text,
    action: z.enum(["add", "import", "update", "replace", "remove"]),
    name: text.optional(),
    open: z.literal(true).optional().describe("Whether only the deployment decides if it is replaced"),
    fields,
  })),
});
const accessEntry = z.strictObject({
  action: z.enum(["create", "update", "delete"]),
  principalArn: text,
  purpose: z.enum(["caller", "admin"]),
});

const step = { id: text, after: texts.describe("Ids of the steps that run before it") };
const action = z.enum(["create", "update", "none"]);
const change = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("bootstrap"),
    ...step,
    action,
    policies: texts.describe("Policies of the role that CloudFormation uses: those that it has, or gets if it is new"),
  }),
  z.strictObject({
    kind: z.literal("stacks"),
    ...step,
    action,
    diffs: list(stackDiff),
    kubernetes: versionStep.nullable(),
    drift: list(z.strictObject({
      stack: text,
      resources: list(z.strictObject({
        logicalId: text,
        resourceType: text,
        state: z.enum(["modified", "deleted"]),
        fields: fields.unwrap().describe("As they are now, and as the stack made them"),
      })),
      unread: texts.describe("Resources that could not be compared, and why"),
    })).optional().describe("With --drift: what was changed outside of CloudFormation"),
    revertDrift: z.literal(true).optional().describe("Whether that is changed back"),
  }),
  z.strictObject({
    kind: z.literal("kubernetes"),
    ...step,
    action: z.literal("update"),
    version: text,
    kubernetes: versionStep.nullable(),
  }),
  z.strictObject({ kind: z.literal("access"), ...step, action, entries: list(accessEntry) }),
  z.strictObject({ kind: z.literal("charts"), ...step, action, version: text, installed: text.nullable() }),
  z.strictObject({
    kind: z.literal("object"),
    ...step,
    action,
    ref,
    fields,
    replaced: z.literal(true).optional().describe("Whether it is deleted and created again"),
  }),
  z.strictObject({ kind: z.literal("ready"), ...step, action: z.enum(["wait", "none"]), pool: text, rolls }),
  z.strictObject({ kind: z.literal("prune"), ...step, action: z.literal("delete"), ref, rolls }),
  z.strictObject({ kind: z.literal("repository"), ...step, action: z.enum(["create", "none"]), repository: text }),
  z.strictObject({
    kind: z.literal("build"),
    ...step,
    action: z.enum(["build", "reuse"]),
    image: text,
    key: text.describe("sha256 of everything that can change the image"),
    force: z.boolean(),
    noCache: z.boolean(),
    pull: z.boolean(),
    because: text.describe("Why it is built, or what is reused"),
  }),
]);

const caller = z.strictObject({ account: text, principalArn: text, partition: text });
const finding = z.strictObject({
  code: text.regex(/^[A-Z]+(_[A-Z]+)*$/).describe("Code of the check; the reference of errors lists all codes"),
  severity: z.enum(["error", "warning", "note"]),
  path: text.describe("Path in the config; empty: it is about the whole config"),
  message: text,
  hint: text.describe("The next step; empty: none"),
  place: z.strictObject({ file: text, line: z.int().min(1), column: z.int().min(1) }).optional(),
});
const endpoint = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("private") }),
  z.strictObject({ kind: z.literal("public"), publicFrom: texts }),
]);
const plannedImage = z.strictObject({
  image: text,
  repository: text,
  platforms: texts,
  pool: text.describe("The pool that builds it"),
  needs: texts.describe("The images that it starts from"),
  context: z.strictObject({ digest: text, bytes }),
});
const quotaUse = z.strictObject({
  service: text,
  code: text,
  name: text,
  unit: text.describe("What is counted"),
  least: z.number().describe("The least with which anything works"),
  most: z.number().describe("What everything at its limit needs"),
  held: z.number().nullable().describe("The account's value; null: not read"),
});
const node = z.strictObject({
  name: text,
  type: text.nullable(),
  zone: text.nullable(),
  capacity: text.nullable(),
  state: z.enum(["ready", "starting", "ending"]),
  seconds: seconds.describe("Age"),
  usdPerHour: z.number().nullable().describe("The on-demand price; null: not known"),
});
const inside = z.strictObject({
  unread: text.nullable().describe("Why the cluster could not be read"),
  karpenter: text.nullable().describe("Why Karpenter does not work"),
  pools: list(z.strictObject({
    pool: text.describe("Its name; `system` for the nodes of the system"),
    ready: z.boolean().nullable(),
    ours: z.boolean().describe("Whether unitune created it"),
    nodes: list(node),
  })),
  waiting: list(z.strictObject({ pod: text, why: text, hint: text, seconds })),
  builds: list(z.strictObject({ image: text, job: text, state: z.enum(["running", "complete", "failed"]), seconds })),
});
const place = {
  file: text.optional().describe("The file that is wrong, as seen from the current folder"),
  line: z.int().optional().describe("Counted from 1"),
  column: z.int().optional().describe("Counted from 1"),
};
const failure = z.strictObject({
  code: text.regex(/^[A-Z]+(_[A-Z]+)*$/).describe("Stable; the reference of errors lists all codes"),
  message: text,
  path: text.optional().describe("Path in the config, or the resource"),
  hint: text.optional().describe("The next step"),
  lines: texts.optional().describe("Further lines of the message"),
  ...place,
  mistakes: list(z.strictObject({
    code: text,
    message: text,
    path: text.optional().describe("Path in the config"),
    hint: text.optional(),
    ...place,
  })).optional().describe("What `lines` tell, as data; the first one's place is the error's, too"),
});
const stepResult = z.strictObject({
  id: text,
  state: z.enum(["done", "unchanged", "failed", "skipped", "cancelled"]),
  at: z.number().describe("When it began, in milliseconds since 1970"),
  seconds,
  error: failure.optional(),
});
const imageResult = z.strictObject({
  state: z.enum(["built", "reused", "failed", "skipped", "cancelled"]),
  ref: text.nullable().describe("The image by its digest, if the registry holds it"),
  digest: text.regex(/^sha256:[0-9a-f]{64}$/).nullable(),
  seconds,
  context: z.strictObject({ digest: text, bytes, uploadedBytes: bytes }),
  job: text.nullable().describe(
    "Names of the Jobs, comma-separated; a skipped image has them if they were only started",
  ),
  because: text,
});

const folder = {
  digest: text.regex(/^[0-9a-f]{64}$/).describe("sha256 of entries and contents, hex"),
  bytes,
  files: list(z.strictObject({
    path: text,
    type: z.enum(["file", "dir", "symlink"]),
    mode: z.int().min(0).max(0o7777),
    size: bytes,
  })),
};

/** The schemas by kind. Each describes an object with a version. */
export const DOCUMENTS = {
  plan: z.strictObject({
    version,
    name: text,
    region: text,
    kubernetes: z.strictObject({ deployed: text, wanted: text, steps: texts }).nullable(),
    changed: z.boolean().describe("Whether the plan changes anything"),
    caller: caller.nullable().describe("Whose credentials it was planned with; null offline"),
    changes: list(change),
    endpoint: endpoint.describe("Who reaches the API server"),
    images: list(plannedImage),
    cost: z.strictObject({
      floorPerHour: usd.describe("Without pods"),
      floorPerMonth: usd,
      ceilingPerHour: usd.nullable().describe("With every pool at its limit on its dearest instance types"),
      caches: z.strictObject({ volumes: z.int().min(0), gib: z.int().min(0), perMonth: usd })
        .describe("The cache volumes of builds, which are part of the floor once each image has been built"),
      pools: list(z.strictObject({ pool: text, limit: text, ceilingPerHour: usd.nullable() })),
    }).describe("USD, on demand in us-east-1"),
    quotas: list(quotaUse).describe("Quotas of the account that the config meets"),
    findings: list(finding),
    notes: texts.describe("The findings and everything else to know, each in one line"),
  }),
  report: z.strictObject({
    version,
    steps: list(stepResult),
    images: z.record(text, imageResult).readonly(),
  }),
  removal: z.strictObject({ version, steps: list(z.strictObject({ ...step, title: text })) }),
  destroy: z.strictObject({
    version,
    steps: list(stepResult),
    proof: list(z.strictObject({ what: text, left: texts })).describe("What was looked for, and what still exists"),
    kept: texts.describe("What is kept on purpose"),
  }),
  objects: z.strictObject({
    version,
    objects: list(z.looseObject({ apiVersion: text, kind: text, metadata: z.looseObject({ name: text }) })),
  }),
  context: z.strictObject({
    version,
    ...folder,
    warnings: texts,
    dockerfile: text.nullable().describe("The text of a Dockerfile that is not a file"),
    contexts: z.record(text, z.union([z.strictObject(folder), z.strictObject({ image: text })])).readonly()
      .describe("What else the Dockerfile names: folders, and images of a registry"),
  }),
  synth: z.strictObject({ version, out: text, files: texts }),
  init: z.strictObject({
    version,
    written: texts,
    kept: texts,
    missing: list(z.strictObject({ file: text, within: text, line: text })).describe(
      "Lines that kept files need, so that editors find the types",
    ),
  }),
  completions: z.strictObject({ version, shell: text, script: text.describe("For the shell to read") }),
  doctor: z.strictObject({
    version,
    name: text,
    region: text,
    caller,
    checks: z.int().describe("How much was examined"),
    findings: list(finding),
  }),
  status: z.strictObject({
    version,
    name: text,
    region: text,
    account: text,
    at: z.number().describe("When it was read, in milliseconds since 1970"),
    stacks: list(z.strictObject({ stack: text, status: text.nullable().describe("null: it does not exist") })),
    cluster: z.strictObject({ status: text, version: text, endpoint: text }).nullable(),
    inside: inside.nullable().describe("null: there is no cluster"),
    images: list(z.strictObject({
      image: text,
      digest: text.nullable(),
      bytes: bytes.nullable().describe("Compressed, as the registry stores it; of several platforms the largest"),
      seconds: seconds.nullable(),
    })),
    leftovers: texts.describe("What a deleted cluster left in the account"),
    usdPerHour: z.number().describe("Control plane and nodes, on demand in us-east-1"),
  }),
  logs: z.strictObject({
    version,
    image: text,
    jobs: list(z.strictObject({ job: text, state: z.enum(["running", "complete", "failed"]) })),
  }),
  kubeconfig: z.strictObject({
    version,
    file: text.nullable().describe("The file that was written; null with --print"),
    entry: z.strictObject({
      name: text.describe("Name of the context, the cluster and the user"),
      server: text.describe("URL of the API server"),
      caData: text.describe("Its certificate authority: PEM, base64"),
      command: text.describe("The program that prints a token"),
      args: texts,
    }),
  }),
  error: z.strictObject({
    version,
    type: z.literal("error"),
    at: z.number().describe("Milliseconds since 1970"),
    level: z.literal("error"),
    ...failure.shape,
  }),
} as const satisfies Readonly<Record<DocumentKind, z.ZodType>>;

/** JSON Schema, draft 2020-12. It allows fields that later releases add. */
export function documentSchema(kind: DocumentKind): JsonSchema {
  const { $schema, ...schema } = z.toJSONSchema(DOCUMENTS[kind], {
    override: ({ jsonSchema }) => {
      if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
    },
  });
  return { $schema, title: `unitune ${kind}`, description: `Printed by ${PRINTED_BY[kind]}`, ...schema };
}
