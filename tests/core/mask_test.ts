/** Secrets stay out of logs: by the runner, and by the script of the Job, which are held to the same cases. */
import assert from "node:assert/strict";
import { parse } from "yaml";
import { maskOf } from "../../lib/core/mask.ts";
import { withTree } from "../images/tree.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

const KEY = "-----BEGIN KEY-----\nMIIEvQIBADANBgkq\r\nhkiG9w0BAQEFAASC\n-----END KEY-----\n";
const SECRETS = { hf: "hf_Secret.Value$1*", longer: "hf_Secret.Value$1*-and-more", key: KEY, tiny: "abc" };

const CASES: readonly (readonly [string, string])[] = [
  ["#7 0.123 token=hf_Secret.Value$1* twice hf_Secret.Value$1*", "#7 0.123 token=*** twice ***"],
  ["hf_Secret.Value$1*-and-more", "***"],
  ["hf_Secret_Value$1* is another text, and abc is too short to hide", ""],
  ["#7 0.2 MIIEvQIBADANBgkq", "#7 0.2 ***"],
  ["nothing", ""],
  ["", ""],
];
/** As `base64` prints it of the value alone, and of the value with a line break. */
const ENCODED = [btoa(SECRETS.hf), btoa(`${SECRETS.longer}\n`)];

Deno.test("exact values, lines of longer ones and base64 are masked, and nothing else is", () => {
  const mask = maskOf(Object.values(SECRETS).map(bytes));
  for (const [line, masked] of CASES) assert.equal(mask(line), masked || line);
  for (const encoded of ENCODED) assert.match(mask(`a ${encoded} b`), /^a \*\*\*.{0,4} b$/);
  assert.equal(maskOf([])("hf_Secret.Value$1*"), "hf_Secret.Value$1*");
});

Deno.test("a value that is no text is masked in base64", () => {
  const value = new Uint8Array([0xff, 0xfe, 0x00, 0x01, 0x80, 0x81, 0x82, 0x83, 0x84]);
  assert.equal(maskOf([value])(btoa(String.fromCharCode(...value))), "***");
});

/** Every awk that is here: what runs in BuildKit's image is BusyBox's. */
async function awks(): Promise<string[]> {
  const has = async (command: string) => (await new Deno.Command("sh", { args: ["-c", command] }).output()).success;
  return ["awk", ...await has("busybox awk 1 </dev/null") ? ["busybox awk"] : []];
}

Deno.test("the Job's own script masks the same, line by line, and lets a log without secrets through", async () => {
  const template = parse(await Deno.readTextFile(new URL("../../templates/build-job.yaml", import.meta.url)));
  const script: string = template.spec.template.spec.containers[0].command[2];
  const source = /^mask\(\) \{\n[\s\S]*?^\}\n/m.exec(script)![0];
  const lines = [...CASES.map(([line]) => line), ...ENCODED.map((encoded) => `a ${encoded} b`)];
  await withTree(SECRETS, async (folder) => {
    for (const awk of await awks()) {
      const run = async (secrets: string) => {
        const own = source.replaceAll("/unitune/secrets", secrets).replace("exec awk", `exec ${awk}`);
        const child = new Deno.Command("sh", {
          args: ["-c", `${own}\nLC_ALL=C mask`],
          stdin: "piped",
          stdout: "piped",
        });
        const process = child.spawn(), writer = process.stdin.getWriter();
        await writer.write(bytes(`${lines.join("\n")}\n`));
        await writer.close();
        return new TextDecoder().decode((await process.output()).stdout).split("\n").slice(0, -1);
      };
      const masked = await run(folder);
      assert.deepEqual(masked, lines.map(maskOf(Object.values(SECRETS).map(bytes))), awk);
      assert.deepEqual(await run(`${folder}/none`), lines);
    }
  });
});
