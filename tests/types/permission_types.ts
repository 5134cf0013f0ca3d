/** Parts and commands of permissions.json are typed: a misspelt one would switch a check off. Never run. */
import type { ensureAllowed } from "../../lib/actions/steps/permissions.ts";
import { callerPermissions } from "../../lib/permissions/table.ts";
import type { Config } from "../../lib/config/types.ts";

declare const config: Config;
declare const allowed: typeof ensureAllowed;
declare const rest: Parameters<typeof ensureAllowed> extends [unknown, unknown, ...infer Rest] ? Rest : never;

callerPermissions("apply", config, { parts: ["system nodes"] });
// @ts-expect-error misspelt part
callerPermissions("apply", config, { parts: ["system-nodes"] });
// @ts-expect-error a command that calls nothing in AWS
callerPermissions("synth", config);
// @ts-expect-error misspelt part
allowed("destroy", ["leftover"], ...rest);
// @ts-expect-error misspelt command
allowed("destory", ["leftovers"], ...rest);
