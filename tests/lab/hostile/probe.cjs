// Looks for what a RUN step should not reach, as root in its container, and prints a line for everything that it looked
// for: `found <what>: <answer>`. Its arguments name addresses.
const { existsSync, readdirSync, readFileSync, writeFileSync } = require("node:fs");
const { execFileSync } = require("node:child_process");
const http = require("node:http");
const https = require("node:https");
const net = require("node:net");

const say = (what, answer) => console.log(`found ${what}: ${answer}`);
const attempt = (work) => {
  try {
    return work();
  } catch (error) {
    return error.code ?? error.message;
  }
};

function connects(host, port) {
  return new Promise((resolve) => {
    const socket = net.connect({ host, port, timeout: 3000 });
    socket.on("connect", () => (socket.destroy(), resolve("connects")));
    socket.on("timeout", () => (socket.destroy(), resolve("no answer")));
    socket.on("error", ({ code }) => resolve(code === "ETIMEDOUT" ? "no answer" : code));
  });
}

function status(url, headers = {}) {
  const get = url.startsWith("https:") ? https.get : http.get;
  return new Promise((resolve) => {
    const request = get(url, { timeout: 3000, headers, rejectUnauthorized: false }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    });
    request.on("timeout", () => request.destroy());
    request.on("error", ({ code }) => resolve(code === "ECONNRESET" ? "no answer" : code));
  });
}

const SECRET = /AWS|TOKEN|SECRET|PASS|KUBERNETES|DOCKER/i;
const FILES = [
  "/docker/config.json",
  "/root/.docker/config.json",
  "/root/.aws",
  "/var/run/secrets",
  "/run/secrets",
  "/unitune",
  "/workspace",
  "/tmp/unitune",
  "/run/buildkit/buildkitd.sock",
  "/run/containerd/containerd.sock",
  "/var/lib/buildkit",
  "/var/lib/kubelet",
  "/host",
];

// All that it can see besides its own.
function processes() {
  const lines = readdirSync("/proc").filter((name) => /^[0-9]+$/.test(name)).map((pid) =>
    attempt(() => readFileSync(`/proc/${pid}/cmdline`, "utf8")).replaceAll("\0", " ")
  );
  const others = lines.filter((line) => !line.includes("probe.cjs") && line.trim() !== "");
  return others.join("; ") || "none";
}

function canary(folder, depth = 0) {
  if (depth > 4) return [];
  const entries = attempt(() => readdirSync(folder, { withFileTypes: true }));
  if (!Array.isArray(entries)) return [];
  return entries.flatMap((entry) => {
    const path = `${folder === "/" ? "" : folder}/${entry.name}`;
    if (/^canary-/.test(entry.name)) return [path];
    return entry.isDirectory() && !["/proc", "/sys", "/usr"].includes(path) ? canary(path, depth + 1) : [];
  });
}

(async () => {
  const { api, service, kubelets, victim, registry, identity, metadata, other } = JSON.parse(process.argv.at(-1));
  say("credentials in the environment", Object.keys(process.env).filter((name) => SECRET.test(name)).join() || "none");
  say("files of the builder", FILES.filter(existsSync).join() || "none");
  say("processes of the builder or of other builds", processes());
  say("files of other builds", canary("/").join() || "none");
  const own = readFileSync("/proc/self/status", "utf8");
  say("no new privileges or capabilities beyond a container's", /^CapEff:\t(\w+)$/m.exec(own)[1]);
  say("root on the node", /^ *0 +0 /.test(readFileSync("/proc/self/uid_map", "utf8")) ? "yes" : "no");
  const mount = attempt(() => execFileSync("mount", ["-t", "tmpfs", "none", "/mnt"], { stdio: "pipe" }) && "mounted");
  say("mounting", mount === "mounted" ? "works" : "refused");
  const sysctl = attempt(() => writeFileSync("/proc/sys/kernel/core_pattern", "|/x") ?? "written");
  say("writing kernel settings", sysctl === "written" ? "works" : "refused");
  say("abstract sockets", readFileSync("/proc/net/unix", "utf8").match(/@\S+/g)?.join() ?? "none");
  say("API server, by its Service", await connects(service, 443));
  say("API server, by its address", await connects(...api));
  say("kubelets", (await Promise.all(kubelets.map((host) => connects(host, 10250)))).join());
  say("instance metadata", await connects(metadata, 80));
  say("another build's port", await connects(...victim));
  say("credentials of Pod Identity", await status(`http://${identity}/v1/credentials`, { authorization: "guessed" }));
  say("registry, as on the Internet", await connects(registry, 443));
  say("registry's list of repositories", await status(`https://${registry}/v2/_catalog`));
  say("another image of the registry", await status(`https://${other}`));
})();
