/** The config as JSON Schema, for tools that cannot read TypeScript; generated from the schema of every config. */
import * as z from "zod";
import { RULES } from "../fields.ts";
import { cpuPoolSchema, gpuPoolSchema } from "./pool.ts";
import { imageSchema, SECTIONS } from "./config.ts";
import { pythonSchema } from "./python.ts";

/** JSON Schema, draft 2020-12. */
export type JsonSchema = { readonly [key: string]: unknown };

/** What `defineConfig`, `cpuPool`, `gpuPool` and `image` accept. Descriptions complete "must be …". */
export function configSchema(): JsonSchema {
  const names = { pattern: "^[a-z](?:[a-z0-9]|-(?=[a-z0-9]))*$", maxLength: 28 };
  const { required, ...sections } = plain(z.strictObject(SECTIONS));
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "unitune.config.ts",
    description:
      "What defineConfig accepts; pools are declared with cpuPool and gpuPool, images with image, Dockerfiles also with python",
    ...sections,
    properties: {
      ...sections["properties"] as JsonSchema,
      pools: {
        type: "object",
        propertyNames: names,
        additionalProperties: { anyOf: [{ $ref: "#/$defs/cpuPool" }, { $ref: "#/$defs/gpuPool" }] },
      },
      images: { type: "object", propertyNames: names, additionalProperties: { $ref: "#/$defs/image" } },
    },
    required,
    $defs: {
      cpuPool: plain(cpuPoolSchema),
      gpuPool: plain(gpuPoolSchema),
      image: withPython(plain(imageSchema)),
      python: plain(pythonSchema),
    },
  };
}

/** A Dockerfile is a file, or what `python` writes. */
function withPython(image: JsonSchema): JsonSchema {
  const properties = image["properties"] as { readonly dockerfile: JsonSchema };
  const dockerfile = { anyOf: [properties.dockerfile, { $ref: "#/$defs/python" }] };
  return { ...image, properties: { ...properties, dockerfile } };
}

/** Without the fields that the sandbox adds: `$`, which distinguishes pools from images, and `$git`. */
function plain(schema: z.ZodType): JsonSchema {
  const { $schema: _, ...json } = z.toJSONSchema(schema, {
    io: "input",
    unrepresentable: "any",
    override: ({ zodSchema, jsonSchema }) => {
      const rule = RULES.get(zodSchema as unknown as z.ZodType);
      if (rule) jsonSchema.description = rule.rule;
      if (jsonSchema.properties && "$" in jsonSchema.properties) {
        delete jsonSchema.properties["$"];
        delete jsonSchema.properties["$git"];
        jsonSchema.required = (jsonSchema.required ?? []).filter((name) => name !== "$");
      }
    },
  });
  return json;
}
