/** Names of the profiles in the AWS config files. */
import { loadSharedConfigFiles } from "@smithy/shared-ini-file-loader";

export async function profileNames(): Promise<string[]> {
  const { configFile, credentialsFile } = await loadSharedConfigFiles();
  const names = [...Object.keys(configFile), ...Object.keys(credentialsFile)];
  // The config file has other sections, too: `sso-session.corp`, `services.local`.
  return [...new Set(names)].filter((name) => !name.includes(".")).sort();
}
