import assert from "node:assert/strict";
import { kindOf, readRegularFile } from "../../lib/adapters/regular_file.ts";

Deno.test("a file is read whole, up to its limit", async () => {
  const file = await Deno.makeTempFile();
  await Deno.writeFile(file, new Uint8Array(200_000).fill(7));
  const bytes = await readRegularFile(file, 200_000);
  assert.equal(bytes.length, 200_000);
  assert.ok(bytes.every((byte) => byte === 7));
  await assert.rejects(readRegularFile(file, 199_999), /it must have at most 195\.3 KiB/);
  await Deno.remove(file);
});

Deno.test({
  name: "a device, a folder and a file without an end are refused",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    await assert.rejects(readRegularFile("/dev/zero", 10), /it must be a file: found a device/);
    await assert.rejects(readRegularFile("/proc", 10), /it must be a file: found a folder/);
    // It says that it is empty.
    await assert.rejects(readRegularFile("/proc/self/status", 10), /it must have at most 10 B/);
    assert.equal(kindOf(await Deno.stat("/dev/null")), "device");
  },
});
