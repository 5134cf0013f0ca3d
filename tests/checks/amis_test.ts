/** When SSM is asked for the pools' machine images, and what stands against those that it lacks. */
import assert from "node:assert/strict";
import { amis } from "../../lib/checks/amis.ts";
import type { ParametersPort } from "../../lib/core/ports.ts";
import { smallest } from "../infra/config.ts";
import { cpu, tune } from "../cluster/samples.ts";
import { contextOf, denied, refused, told } from "./context.ts";

const old = { ...cpu, ami: "bottlerocket@v1.50.0", arch: ["amd64"] as const };

function check(pools: Parameters<typeof smallest>[0], parameters: Partial<ParametersPort>): Promise<string[]> {
  return told(amis, contextOf(smallest(pools), { parameters }));
}

const known = (names: readonly string[]) => Promise.resolve(new Set(names));

Deno.test("images that SSM knows are asked for once, and no list of releases", async () => {
  const asked: (readonly string[])[] = [];
  const answer = (names: readonly string[]) => {
    asked.push(names);
    return known(names);
  };
  assert.deepEqual(await check({ pools: [old, { ...old, name: "more" }, tune] }, { known: answer }), []);
  assert.equal(asked.length, 1);
  assert.equal(asked[0]!.length, 2, "two pools share an image");
});

Deno.test("an image that SSM lacks ends the run with the releases that there are", async () => {
  const below = (path: string) => Promise.resolve([`${path}/1.66.0/image_id`, `${path}/1.53.0/image_id`]);
  const error = await refused(check({ pools: [old] }, { known: () => known([]), below }));
  assert.deepEqual([error.code, error.exit, error.path], ["AMI", 4, "pools.cpu.ami"]);
  assert.deepEqual(error.lines, [
    "pools.cpu.ami  must be a bottlerocket release with Kubernetes 1.35 for amd64: found bottlerocket@v1.50.0; " +
    'us-west-2 has v1.66.0, v1.53.0 — write ami: "bottlerocket@v1.66.0"',
  ]);
});

Deno.test("without the right to ask it is a note", async () => {
  assert.deepEqual(await check({ pools: [old] }, { known: denied("ssm:GetParameters") }), [
    "not checked without ssm:GetParameters: whether AWS publishes the machine images of the pools",
  ]);
});
