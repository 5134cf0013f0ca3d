/** Types of the JSON documents, inferred from their schemas, which no command loads to print one. */
import type * as z from "zod";
import type { DocumentKind } from "./kinds.ts";
import type { DOCUMENTS } from "./schema.ts";

export type DocumentOf<Kind extends DocumentKind> = z.output<typeof DOCUMENTS[Kind]>;
/** The documents on stdout. */
export type Document = DocumentOf<Exclude<DocumentKind, "error">>;
