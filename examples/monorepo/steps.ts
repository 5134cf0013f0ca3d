/** The steps of the pipeline: each has a folder in `steps/`, and becomes an image. */
export const STEPS = [
  "annotate",
  "chunk",
  "crawl",
  "dedup",
  "embed",
  "evaluate",
  "export",
  "filter",
  "ingest",
  "label",
  "serve",
  "tokenize",
] as const;
