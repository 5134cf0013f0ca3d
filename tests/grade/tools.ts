/** Graders that nobody here wrote, installed once and kept by version outside of the tree. */
import { installVenv, venvDir } from "../lab/install/venv.ts";
import { cache } from "../lab/layout.ts";
import { attempt, exists, run, type RunResult } from "../lab/shell.ts";

const requirements = new URL("./requirements.txt", import.meta.url).pathname;

/** Programs from Go modules, by the package that `go install` builds. */
const GO_TOOLS = {
  "kube-score": { from: "github.com/zegl/kube-score/cmd/kube-score", version: "v1.20.0" },
  "actionlint": { from: "github.com/rhysd/actionlint/cmd/actionlint", version: "v1.7.12" },
} as const;

/** Runs a tool of the Python environment; graders end with a failure when they find something. */
export async function python(tool: string, args: readonly string[]): Promise<RunResult> {
  const dir = await venvDir(requirements);
  await installVenv(dir, requirements);
  return await attempt(`${dir}/bin/${tool}`, args);
}

/** Go checks the module's sum against its checksum database when it downloads it. */
export async function goTool(tool: keyof typeof GO_TOOLS, args: readonly string[]): Promise<RunResult> {
  const { from, version } = GO_TOOLS[tool], dir = `${cache.dir}/tools/${tool}-${version}`;
  if (!(await exists(`${dir}/${tool}`))) {
    await run("go", ["install", `${from}@${version}`], { env: { GOBIN: dir, GOFLAGS: "-trimpath" } });
  }
  return await attempt(`${dir}/${tool}`, args);
}
