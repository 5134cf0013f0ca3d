/** Secrets stay out of logs: by the runner, and by the script of the Job, which are held to the same cases. */
import assert from "node:assert/strict";
import { parse } from "yaml";
import { maskOf } from "../../lib/core/mask.ts";
import { withTree } from "../images/tree.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

const KEY = "-----BEGIN KEY-----\nMIIEvQIBADANBgkq\r\nhkiG9w0BAQEFAASC\n-----END KEY-----\n";
const NETRC = "machine git.example.com login ci password netrc-Pa55word\n";
const FILES = {
  netrc: NETRC,
  git: "https://ci:git-Tok3n@git.example.com/team\nhttps://tok3nAlone@other.example.com\n",
  npmrc: "//registry.example.com/:_authToken=npm_Tok3n12345\n",
  docker: '{ "auths": { "r.example.com": { "auth": "ZG9ja2VyOlRvazNu" } } }',
  pair: "robot-ci:pair-Tok3n",
};
const SECRETS = { hf: "hf_Secret.Value$1*", longer: "hf_Secret.Value$1*-and-more", key: KEY, tiny: "abc", ...FILES };

const CASES: readonly (readonly [string, string])[] = [
  ["#7 0.123 token=hf_Secret.Value$1* twice hf_Secret.Value$1*", "#7 0.123 token=*** twice ***"],
  ["hf_Secret.Value$1*-and-more", "***"],
  ["hf_Secret_Value$1* is another text, and abc is too short to hide", ""],
  ["#7 0.2 MIIEvQIBADANBgkq", "#7 0.2 ***"],
  [
    "curl: login with netrc-Pa55word failed at git.example.com, login ci, password wrong",
    "curl: login with *** failed at git.example.com, login ci, password wrong",
  ],
  ["remote https://ci:git-Tok3n@git.example.com/other", "remote https://ci:***@git.example.com/other"],
  ["token git-Tok3n, token tok3nAlone", "token ***, token ***"],
  [
    "npm: npm_Tok3n12345 for //registry.example.com/ in _authToken",
    "npm: *** for //registry.example.com/ in _authToken",
  ],
  ["auth ZG9ja2VyOlRvazNu, and pair-Tok3n of robot-ci", "auth ***, and *** of ***"],
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

Deno.test("a password of a URL is masked as it is written and as it is sent", () => {
  const mask = maskOf([bytes("https://ci:p%40ss%2Fword@git.example.com")]);
  assert.equal(mask("p%40ss%2Fword p@ss/word"), "*** ***");
  assert.equal(maskOf([bytes("https://ci:%zz-broken@git.example.com")])("%zz-broken"), "***");
});

Deno.test("words that overlap are hidden as one, whichever begins first", () => {
  const mask = maskOf([bytes("abcdef"), bytes("defghijk")]);
  assert.equal(mask("abcdefghijk"), "***");
  assert.equal(mask("abcdefabcdef-abcdef"), "***" + "***" + "-***");
  assert.equal(maskOf([bytes("aaaa")])("aaaaaaa b"), "*** b");
});

Deno.test("a secret of thousands of lines slows a log down no more than one of a few", () => {
  const secret = (lines: number) =>
    maskOf([bytes(Array.from({ length: lines }, (_, at) => `line-${at * 7919}`).join("\n"))]);
  const line = "#7 12.3 Downloading something large from somewhere, which is nobody's secret".repeat(20);
  const least = (mask: (text: string) => string) => {
    const durations = Array.from({ length: 9 }, () => {
      const start = performance.now();
      for (let count = 0; count < 50; count++) mask(line);
      return performance.now() - start;
    });
    return Math.min(...durations);
  };
  const few = least(secret(10)), many = least(secret(20_000));
  assert.ok(many < 10 * Math.max(few, 0.5), `${few} ms with 10 lines, ${many} ms with 20000`);
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
