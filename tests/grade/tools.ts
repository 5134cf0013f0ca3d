/** Graders that nobody here wrote, installed once and kept by version outside of the tree. */
import { installVenv, venvDir } from "../lab/install/venv.ts";
import { cache } from "../lab/layout.ts";
import { attempt, exists, run, type RunResult } from "../lab/shell.ts";

const requirements = new URL("./requirements.txt", import.meta.url).pathname;
const KUBE_SCORE = "v1.20.0";

/** Runs a tool of the Python environment; graders end with a failure when they find something. */
export async function python(tool: string, args: readonly string[]): Promise<RunResult> {
  const dir = await venvDir(requirements);
  await installVenv(dir, requirements);
  return await attempt(`${dir}/bin/${tool}`, args);
}

export async function kubeScore(args: readonly string[]): Promise<RunResult> {
  const dir = `${cache.dir}/tools/kube-score-${KUBE_SCORE}`;
  if (!(await exists(`${dir}/kube-score`))) {
    await run("go", ["install", `github.com/zegl/kube-score/cmd/kube-score@${KUBE_SCORE}`], {
      env: { GOBIN: dir, GOFLAGS: "-trimpath" },
    });
  }
  return await attempt(`${dir}/kube-score`, args);
}
