/** What `python` accepts. */
import * as z from "zod";
import { leaf, text } from "../fields.ts";

const file = () =>
  text(/^(?!\/)(?!.*(?:^|\/)\.\.(?:\/|$))[\w./-]+$/, "a path in the context of letters, digits and _./-");

export const pythonSchema = z.strictObject({
  $: z.literal("python"),
  version: text(
    /^3\.(?:9|[1-9]\d)(?:\.\d{1,2})?$/,
    'a version of Python, 3.9 or later, like "3.12"',
    (found) => typeof found === "number" ? `write "${found}", with quotes` : undefined,
  ),
  requirements: file().optional(),
  uvLock: file().optional(),
  pip: z.array(
    text(/^[A-Za-z0-9][^'\\\r\n]*$/, 'a package as pip takes it, without single quotes, like "torch==2.9.0"'),
  ).optional(),
  apt: z.array(
    text(/^[a-z0-9][a-z0-9.+-]+(?:=[\w.:~+-]+)?$/, 'the name of a package of the operating system, like "git"'),
  ).optional(),
  cuda: text(/^\d{2}\.\d\.\d(?:-devel)?$/, 'a version of CUDA, like "12.8.1" or "12.8.1-devel"').optional(),
  copy: leaf(z.array(file()).min(1), "at least one path").optional(),
});

export type PythonIn = z.output<typeof pythonSchema>;
