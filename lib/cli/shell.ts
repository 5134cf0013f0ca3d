/**
 * The compiled program may start a shell for a `credential_process` of the AWS config files, and nothing else. Without
 * the flag it gives that right up here, before any other code runs, and cannot get it back.
 */
import { SHELL, SHELL_FLAG } from "../core/facts/shell.ts";

if (!Deno.args.includes(SHELL_FLAG)) Deno.permissions.revokeSync({ name: "run", command: SHELL });
