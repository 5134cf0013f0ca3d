/** What the JSON documents hold, from their schemas; no command loads those to print one. */
import type * as z from "zod";
import type { DocumentKind } from "./kinds.ts";
import type { DOCUMENTS } from "./schema.ts";

export type DocumentOf<Kind extends DocumentKind> = z.output<typeof DOCUMENTS[Kind]>;
/** What stdout carries. */
export type Document = DocumentOf<Exclude<DocumentKind, "error">>;
