/** The one program that unitune may start, and the flag that lets it. */

/** What the AWS SDK starts a `credential_process` with. */
export const SHELL = "/bin/sh";

/** Allows a `credential_process` of the AWS config files. */
export const SHELL_FLAG = "--allow-credential-process";
