/** The questions of `unitune init`, as a person answers them. */
import assert from "node:assert/strict";
import { run } from "../run.ts";

async function endpointOf(answers: readonly string[], address?: string): Promise<{ endpoint: string; asked: string }> {
  const folder = await Deno.makeTempDir({ prefix: "unitune-init-" });
  try {
    const ran = await run(["init", folder, "--name", "acme", "--gpu", "l4", "--vpc-id", "", ...[
      "--region",
      "us-west-2",
    ]], {
      answers,
      ...address && { address },
    });
    assert.equal(ran.code, 0, ran.stderr);
    const config = await Deno.readTextFile(`${folder}/unitune.config.ts`);
    return { endpoint: /endpoint: (.*),\n/.exec(config)![1]!, asked: ran.stderr };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("init offers this machine's address for the API server, and says what private means", async () => {
  const { endpoint, asked } = await endpointOf([""], "52.1.2.3");
  assert.equal(endpoint, '{ publicFrom: ["52.1.2.3/32"] }');
  assert.match(asked, /`private`: only the VPC and networks connected to it.*\[52\.1\.2\.3\/32\]/);
  assert.equal((await endpointOf(["private"], "52.1.2.3")).endpoint, '"private"');
  assert.equal(
    (await endpointOf(["8.8.8.0/24, 9.9.9.9/32"], "52.1.2.3")).endpoint,
    '{ publicFrom: ["8.8.8.0/24", "9.9.9.9/32"] }',
  );
});

Deno.test("where nobody tells the address, private is the default", async () => {
  assert.equal((await endpointOf([""])).endpoint, '"private"');
});
