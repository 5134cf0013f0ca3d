// What a RUN step can do with an SSH agent, by its protocol (draft-ietf-sshm-ssh-agent): prints `found <what>: <answer>`.
const { execFileSync } = require("node:child_process");
const { readFileSync } = require("node:fs");
const net = require("node:net");

const [start, end] = process.argv.slice(2);
const say = (what, answer) => console.log(`found ${what}: ${answer}`);

function ask(type, body = Buffer.alloc(0)) {
  return new Promise((resolve, reject) => {
    const socket = net.connect(process.env.SSH_AUTH_SOCK), head = Buffer.alloc(5);
    head.writeUInt32BE(body.length + 1);
    head[4] = type;
    let answer = Buffer.alloc(0);
    socket.on("data", (data) => {
      answer = Buffer.concat([answer, data]);
      if (answer.length < 5 || answer.length < 4 + answer.readUInt32BE()) return;
      socket.destroy();
      resolve(answer.subarray(4));
    });
    socket.on("error", reject);
    socket.write(Buffer.concat([head, body]));
  });
}

function field(bytes) {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

(async () => {
  const identities = await ask(11), key = identities.subarray(9, 9 + identities.readUInt32BE(5));
  say("keys of the agent", identities.readUInt32BE(1));
  const signed = await ask(13, Buffer.concat([field(key), field(Buffer.from("x")), Buffer.alloc(4)]));
  say("signatures", signed[0] === 14 ? "made" : "refused");
  // The two halves are put together here alone, so that the whole is not in this command's own arguments.
  const files = ["/etc", "/home", "/root", "/run", "/tmp", "/unitune", "/var", "/logins", "/docker"];
  const environments = `cat /proc/[0-9]*/environ 2>/dev/null`;
  const search = `grep -rlF -e "$NEEDLE" ${
    files.join(" ")
  } 2>/dev/null; ${environments} | grep -c '[D]EPLOY_KEY' || true`;
  const out = execFileSync("sh", ["-c", search], { env: { ...process.env, NEEDLE: start + end }, encoding: "utf8" });
  say("the key itself", out.trim().split("\n").filter((line) => line !== "0").join() || "none");
  const mounts = readFileSync("/proc/self/mountinfo", "utf8").split("\n").map((line) => line.split(" ")[4] ?? "");
  say(
    "mounts of the builder",
    mounts.filter((path) => /^\/(unitune|logins|docker|workspace)/.test(path)).join() || "none",
  );
})();
