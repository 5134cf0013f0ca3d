import { clearRequests, requestsOf } from "./caller.ts";
import { emulatorEnv, labReady, startEmulator } from "./lab.ts";
import { copyProject, runProgram } from "./program.ts";
await labReady();
const emulator = await startEmulator({ account: "310000000049", port: 4649 });
const project = await copyProject("counted");
const run = async (...args: string[]) => {
  await clearRequests(emulator);
  const at = performance.now();
  const ran = await runProgram(args, { cwd: project, env: emulatorEnv(4649) });
  const requests = await requestsOf(emulator);
  const groups = new Map<string, number>();
  for (const { service, action } of requests) {
    groups.set(`${service} ${action}`, (groups.get(`${service} ${action}`) ?? 0) + 1);
  }
  console.log(
    args.join(" "),
    ran.code,
    Math.round(performance.now() - at),
    "ms",
    requests.length,
    [...groups].map(([a, n]) => `${n} ${a}`).sort().join("; "),
  );
  if (ran.code) console.log(ran.stderr);
};
await run("apply", "--yes");
await run("apply", "--yes");
await run("apply", "--yes", "--only", "infra");
await run("plan");
await run("build");
await run("destroy", "--yes", "--delete-data");
await emulator.stop();
