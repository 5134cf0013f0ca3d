import assert from "node:assert/strict";
import { NODE_CONFIG, SHELL_SCRIPT, userDataParts, userDataText } from "../../lib/core/user_data.ts";

const script = "#!/bin/bash\necho hello\n";
const config = "apiVersion: node.eks.aws/v1alpha1\nkind: NodeConfig\n";

Deno.test("a script and a NodeConfig are told apart, and each alone stays as it was written", () => {
  assert.deepEqual(userDataParts(script), [{ type: SHELL_SCRIPT, content: script }]);
  assert.deepEqual(userDataParts(config), [{ type: NODE_CONFIG, content: config }]);
  for (const text of [script, config]) assert.equal(userDataText(userDataParts(text)!), text);
});

Deno.test("several parts are MIME, from which the same parts are read again", () => {
  const parts = [{ type: NODE_CONFIG, content: config }, { type: SHELL_SCRIPT, content: script }];
  const text = userDataText(parts);
  assert.equal(
    text,
    'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="//"\n\n' +
      `--//\nContent-Type: ${NODE_CONFIG}\n\n${config}\n--//\nContent-Type: ${SHELL_SCRIPT}\n\n${script}\n--//--\n`,
  );
  assert.deepEqual(userDataParts(text)!.map(({ type }) => type), [NODE_CONFIG, SHELL_SCRIPT]);
  assert.equal(userDataText(userDataParts(text)!), text);
});

Deno.test("MIME is read as people write it: other boundaries, no end, carriage returns, text before the first part", () => {
  const written = [
    "MIME-Version: 1.0",
    "Content-Type: multipart/mixed; boundary=BOUNDARY",
    "",
    "this is read by nobody",
    "--BOUNDARY",
    `Content-Type: ${NODE_CONFIG}`,
    "",
    config.trimEnd(),
    "--BOUNDARY",
    "",
  ];
  for (const end of ["\n", "\r\n"]) {
    const [only, ...more] = userDataParts(written.join(end))!;
    assert.deepEqual([only!.type, only!.content.trim(), more], [NODE_CONFIG, config.trim(), []]);
  }
});

Deno.test("what begins as MIME and has no parts is none", () => {
  assert.equal(userDataParts("MIME-Version: 1.0\n\nhello"), null);
  assert.equal(userDataParts('MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="x"\n\n'), null);
  const nameless = 'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="x"\n\n--x\n\nhello\n--x--\n';
  assert.equal(userDataParts(nameless), null);
});
