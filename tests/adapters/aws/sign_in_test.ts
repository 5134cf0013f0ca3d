import assert from "node:assert/strict";
import { signIn } from "../../../lib/adapters/aws/sign_in.ts";
import { transport } from "../../../lib/adapters/aws/transport.ts";
import type { UnituneError } from "../../../lib/core/errors.ts";

const NAMES = ["AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_CONFIG_FILE", "HOME"] as const;
type Variables = Partial<Record<typeof NAMES[number], string>>;

/** With a config file of the test's own, and nothing else that AWS could know. */
async function signingIn(config: string, variables: Variables, profile?: string) {
  const folder = await Deno.makeTempDir(), warnings: string[] = [];
  const given: Variables & Record<string, string> = {
    HOME: folder,
    AWS_CONFIG_FILE: `${folder}/config`,
    AWS_SHARED_CREDENTIALS_FILE: `${folder}/credentials`,
    AWS_EC2_METADATA_DISABLED: "true",
    ...variables,
  };
  const names = [...new Set([...NAMES, ...Object.keys(given)])];
  const before = names.map((name) => [name, Deno.env.get(name)] as const);
  await Deno.writeTextFile(`${folder}/config`, config);
  for (const name of names) Deno.env.delete(name);
  for (const [name, value] of Object.entries(given)) Deno.env.set(name, value!);
  try {
    const warn = (message: string) => void warnings.push(message);
    const credentials = signIn({ region: "us-west-2", profile, requestHandler: transport("calls"), warn });
    const result = await credentials().then(({ accessKeyId }) => accessKeyId, (error: UnituneError) => error);
    return { result, warnings };
  } finally {
    for (const [name, value] of before) value === undefined ? Deno.env.delete(name) : Deno.env.set(name, value);
    await Deno.remove(folder, { recursive: true });
  }
}

async function failing(config: string, variables: Variables, profile?: string): Promise<UnituneError> {
  const { result } = await signingIn(config, variables, profile);
  assert.ok(typeof result !== "string", `signed in as ${result}`);
  assert.equal(result.code, "AWS_CREDENTIALS");
  return result;
}

const SSO = `[profile work]
sso_session = corp
sso_account_id = 111122223333
sso_role_name = admin
[sso-session corp]
sso_region = eu-west-1
sso_start_url = https://corp.awsapps.com/start
`;

Deno.test("an SSO session that nobody signed in to is named with its profile and the command that signs in", async () => {
  const error = await failing(SSO, {}, "work");
  assert.match(error.message, /^Cannot sign in with profile "work" \(--profile\): /);
  assert.equal(error.hint, "Sign in again: aws sso login --profile work");
  assert.match((await failing(SSO, { AWS_PROFILE: "work" })).message, /profile "work" \(AWS_PROFILE\)/);
});

Deno.test("without any credentials the places are named that were looked at", async () => {
  const error = await failing("", {});
  assert.match(error.message, /^Cannot sign in with the environment, profile "default", or the role of this machine: /);
  assert.match(error.hint ?? "", /^Sign in \(aws sso login/);
});

Deno.test("what the SDK warns of is a warning of unitune's, and is not written to the console", async () => {
  const keys = { AWS_ACCESS_KEY_ID: "environment", AWS_SECRET_ACCESS_KEY: "secret", AWS_PROFILE: "keys" };
  const config = "[profile keys]\naws_access_key_id = profile\naws_secret_access_key = secret\n";
  const { result, warnings } = await signingIn(config, keys);
  assert.equal(result, "profile");
  assert.deepEqual(warnings, [
    "both AWS_PROFILE and AWS_ACCESS_KEY_ID are set: unitune uses the profile; unset the other",
  ]);
});
