/** Codes of errors come from their catalogue. Checked by `deno check`, never run. */
import { note } from "../../lib/core/findings.ts";
import { hasCode, UnituneError } from "../../lib/core/errors.ts";
import type { Issue } from "../../lib/config/issues.ts";
import { Reader } from "../../lib/checks/check.ts";
import { KubeError } from "../../lib/adapters/kubernetes/errors.ts";

const error = new UnituneError("NOT_DEPLOYED", "Cannot find it");

// @ts-expect-error misspelt code
new UnituneError("NOT_DEPLOYD", "Cannot find it");
// @ts-expect-error the exit code is the catalogue's
new UnituneError("NOT_DEPLOYED", "Cannot find it", { exit: 4 });
// @ts-expect-error misspelt code
hasCode(error, "KUBE_NOTFOUND");
// @ts-expect-error misspelt code
export const compared = error.code === "KUBE_NOTFOUND";
// @ts-expect-error an error that the API server's answers do not become
new KubeError(404, "AWS_CALL", "Cannot read it", "path");
// @ts-expect-error a code that no check has
new Reader("NETWROK");
// @ts-expect-error the code of an error that is no check's
note("AWS_CALL", "not checked");
// @ts-expect-error a code that no mistake of a config has
export const code: Issue["code"] = "CONFLICTS";
