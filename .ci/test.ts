/**
 * Runs all tests: the gate, unit tests, the compiled program, the lab. Every step runs even if an earlier one failed,
 * unless it needs that one's result. The last line counts all tests.
 */
interface Count {
  passed: number;
  failed: number;
}

interface Step {
  readonly name: string;
  readonly args: readonly string[];
  /** A `deno test` step counts its tests; any other counts as one check. */
  readonly tests?: boolean;
  /** Steps that must have passed. */
  readonly needs?: readonly string[];
  /** Added to the environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** What makes a second try possible after a failure. */
  readonly again?: readonly string[];
}

const GATE: readonly Step[] = [
  { name: "format", args: ["fmt", "--check"] },
  { name: "lint", args: ["lint"] },
  { name: "types", args: ["check", "."] },
  { name: "documentation", args: ["doc", "--lint", "lib/mod.ts", "lib/config/mod.ts"] },
  {
    name: "unit tests",
    args: ["test", "-A", "--ignore=tests/lab,tests/program,tests/grade", "tests", ".ci"],
    tests: true,
  },
];

const DOWN: Step = { name: "lab:down", args: ["run", "-A", "tests/lab/down.ts"] };

const LAB: readonly Step[] = [
  { name: "compile", args: ["run", "-A", ".ci/compile.ts"] },
  // Nodes of a lab have been seen not to become Ready once in many starts, and to do so in the next.
  { name: "lab:up", args: ["run", "-A", "tests/lab/up.ts"], again: ["run", "-A", "tests/lab/down.ts"] },
  { name: "program tests", args: ["test", "-A", "tests/program"], tests: true, needs: ["compile"] },
  // A ratio within one run, far from its limit, and not a duration.
  { name: "synth against cdk synth", args: ["run", "-A", "tests/bench/synth_against_cdk.ts"], needs: ["compile"] },
  { name: "lab tests", args: ["test", "-A", "tests/lab"], tests: true, needs: ["compile", "lab:up"] },
  DOWN,
];

/** The package as a registry would accept it. Nothing is sent. */
const PACKAGE: readonly Step[] = [{ name: "package", args: ["publish", "--dry-run", "--allow-dirty", "--quiet"] }];

/** Third-party checks of templates and manifests: slow, and installed on first use. */
const GRADERS: readonly Step[] = [{ name: "graders", args: ["test", "-A", "tests/grade"], tests: true }];

/** 60 kills and 60 races; the lab tests have a round of three. */
const CHANCES: Step = {
  name: "kills and races",
  args: ["test", "-A", "tests/lab/chances_test.ts"],
  tests: true,
  needs: ["compile", "lab:up"],
  env: { UNITUNE_ROUNDS: "20" },
};

/** The lab from scratch, all its tests, and its end: twice, so that leftovers of a round show; then what chance decides. */
const SOAK: readonly Step[] = [DOWN, ...LAB, ...LAB, ...LAB.slice(0, 2), CHANCES, DOWN];

const STEPS: Readonly<Record<string, readonly Step[]>> = {
  ok: GATE,
  unit: GATE.slice(-1),
  graders: GRADERS,
  lab: LAB,
  all: [...GATE, ...PACKAGE, ...GRADERS, ...LAB],
  soak: SOAK,
};

const FAILED: Count = { passed: 0, failed: 1 };

async function runStep(step: Step): Promise<Count> {
  const count = await attempt(step);
  if (count.failed === 0 || !step.again) return count;
  console.log(`${step.name} failed: once more, after ${step.again.at(-1)}`);
  await attempt({ ...step, args: step.again });
  return await attempt(step);
}

async function attempt(step: Step): Promise<Count> {
  const junit = step.tests ? await Deno.makeTempFile({ suffix: ".xml" }) : null;
  const args = [...step.args, ...(junit ? [`--junit-path=${junit}`] : [])];
  const { env = {} } = step;
  const { success } = await new Deno.Command(Deno.execPath(), { args, env, stdin: "null" }).spawn().status;
  if (!junit) return success ? { passed: 1, failed: 0 } : FAILED;
  const count = countTests(await Deno.readTextFile(junit));
  await Deno.remove(junit);
  // A step that crashed, or found nothing to run, has failed, whatever its report says.
  return success && count.passed > 0 ? count : { passed: count.passed, failed: Math.max(count.failed, 1) };
}

/** Sums the suites of a JUnit report. Skipped tests do not count as passed. */
export function countTests(xml: string): Count {
  const head = /<testsuites [^>]*>/.exec(xml)?.[0] ?? "";
  const number = (name: string) => Number(new RegExp(` ${name}="(\\d+)"`).exec(head)?.[1] ?? 0);
  const failed = number("failures") + number("errors");
  const skipped = [...xml.matchAll(/<skipped\b/g)].length;
  return { passed: number("tests") - failed - skipped, failed };
}

function isLabHost(): boolean {
  return Deno.build.os === "linux" && Deno.uid() === 0;
}

async function main(which: string): Promise<number> {
  let steps = STEPS[which];
  if (!steps) throw new Error(`Cannot run "${which}": steps are ${Object.keys(STEPS).join(", ")}`);
  if (steps.some((step) => LAB.includes(step)) && !isLabHost() && !Deno.env.get("CI")) {
    console.log("left out: the lab, as it needs Linux and root (real Kubernetes, BuildKit and containerd)");
    steps = steps.filter((step) => !step.name.startsWith("lab"));
  }
  const total: Count = { passed: 0, failed: 0 };
  const failed: string[] = [];
  for (const step of steps) {
    const missing = step.needs?.filter((need) => failed.includes(need)) ?? [];
    const started = Date.now();
    console.log(`\n== ${step.name}`);
    const count = missing.length > 0 ? FAILED : await runStep(step);
    if (missing.length > 0) console.log(`cannot run: ${missing.join(", ")} failed`);
    if (count.failed > 0) failed.push(step.name);
    total.passed += count.passed;
    total.failed += count.failed;
    console.log(
      `== ${step.name}: ${count.failed > 0 ? "FAILED" : "ok"} in ${Math.round((Date.now() - started) / 1000)} s`,
    );
  }
  if (failed.length > 0) console.log(`failed: ${failed.join(", ")}`);
  console.log(`${total.passed} passed, ${total.failed} failed`);
  return total.failed > 0 ? 1 : 0;
}

if (import.meta.main) Deno.exit(await main(Deno.args[0] ?? "all"));
