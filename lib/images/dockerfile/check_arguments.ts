/** Build arguments that the Dockerfile does not declare. */
import { nearest } from "../../core/spelling.ts";
import type { Checked } from "./checked.ts";

/** What BuildKit takes without an ARG. */
const KNOWN = [
  /^(?:(?:HTTP|HTTPS|FTP|NO|ALL)_PROXY|(?:http|https|ftp|no|all)_proxy)$/,
  /^BUILDKIT_/,
  /^SOURCE_DATE_EPOCH$/,
  /^(?:BUILD|TARGET)(?:PLATFORM|OS|OSVERSION|ARCH|VARIANT)$/,
  /^TARGETSTAGE$/,
];

export function checkArguments({ input, all, findings }: Pick<Checked, "input" | "all" | "findings">): void {
  const inStages = all.stages.flatMap(({ body }) => {
    return body.flatMap((one) => one.kind === "arg" ? one.pairs : []);
  });
  const declared = [...all.metaArgs, ...inStages].map(({ name }) => name);
  for (const name of Object.keys(input.image.args)) {
    if (declared.includes(name) || KNOWN.some((known) => known.test(name))) continue;
    const meant = nearest(name, declared);
    findings.warning({ line: 1, endLine: 1 }, "", {
      message: `each build argument must have an ARG: found none for "${name}"`,
      hint: meant ? `did you mean "${meant}"?` : `add ARG ${name} where it is used, or remove it from args`,
    });
  }
}
