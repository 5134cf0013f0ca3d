/** The script that logs Helm in to ECR as a process of its own, against services on loopback that check each signature. */
import assert from "node:assert/strict";
import { fakeAws, SECRETS } from "../images/fake_aws.ts";
import { withTree } from "../images/tree.ts";

const script = new URL("../../templates/registry-login.mjs", import.meta.url).pathname;
const HOSTS = ["111122223333.dkr.ecr.us-west-2.amazonaws.com", "123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn"];

/** Runs it; gives what it said, the logins and their file's mode. */
async function loggedIn(faults: Record<string, number[]> = {}) {
  const aws = fakeAws(new Map(), "POD");
  for (const [start, statuses] of Object.entries(faults)) aws.faults.set(start, statuses);
  const result = { code: -1, said: "", auths: {} as Record<string, { auth: string }>, mode: 0, asked: aws.asked };
  try {
    await withTree({ "token": "pod-jwt\n", "docker": null }, async (root) => {
      const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
        // Without the config, or Deno would look at the packages of the whole project first.
        args: ["run", "-A", "--no-config", "--quiet", script],
        clearEnv: true,
        env: {
          PATH: Deno.env.get("PATH") ?? "",
          HOME: root,
          DENO_DIR: Deno.env.get("DENO_DIR") ?? `${Deno.env.get("HOME")}/.cache/deno`,
          DOCKER_CONFIG: `${root}/docker`,
          REGISTRIES: HOSTS.join(","),
          AWS_ENDPOINT_URL: aws.url,
          AWS_REGION: "us-west-2",
          AWS_CONTAINER_CREDENTIALS_FULL_URI: `${aws.url}/v1/credentials`,
          AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: `${root}/token`,
          FETCH_TRIES: "2",
        },
      }).output();
      const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
      Object.assign(result, { code, said: decode(stdout) + decode(stderr) });
      const file = `${root}/docker/config.json`, text = await Deno.readTextFile(file).catch(() => null);
      if (text !== null) Object.assign(result, JSON.parse(text), { mode: (await Deno.stat(file)).mode! & 0o777 });
    });
  } finally {
    await aws.close();
  }
  return result;
}

Deno.test("Helm's logins are those of the pod's own role, for each registry, and none is said aloud", async () => {
  const { code, said, auths, mode, asked } = await loggedIn();
  assert.equal(code, 0, said);
  assert.deepEqual(auths, Object.fromEntries(HOSTS.map((host) => [host, { auth: btoa("AWS:ecr-password") }])));
  assert.equal(mode, 0o600);
  assert.deepEqual(asked, ["ecr:GetAuthorizationToken", "ecr:GetAuthorizationToken"], "no context is fetched");
  for (const secret of SECRETS) assert.ok(!said.includes(secret));
});

Deno.test("a login that fails for good ends the Job with the registries and the reason", async () => {
  const { code, said, auths } = await loggedIn({ "ecr:": [403, 403, 403, 403] });
  assert.equal(code, 1);
  assert.match(
    said,
    /^Cannot log in to 111122223333\.\S+, 123456789012\.\S+: ecr:GetAuthorizationToken for \S+: 403 /m,
  );
  assert.deepEqual(auths, {});
});
