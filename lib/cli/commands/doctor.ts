import { type Diagnosis, EXIT, type Finding } from "../../mod.ts";
import { DOCUMENT_VERSION as version } from "../documents/kinds.ts";
import type { Runner } from "../runner.ts";

export function doctorCommand(runner: Runner): void {
  runner.command("doctor", "examine permissions, quotas, offerings, versions and reachability for this config")
    .action((options) =>
      runner.withProject(options, async (project, terminal) => {
        const diagnosis = await project.doctor();
        terminal.result(describe(diagnosis), { version, ...diagnosis });
        return diagnosis.findings.some(({ severity }) => severity === "error") ? EXIT.aws : EXIT.done;
      })
    );
}

function describe({ name, region, caller, checks, findings }: Diagnosis): string {
  const count = (severity: Finding["severity"]) => findings.filter((one) => one.severity === severity).length;
  const told = (["error", "warning", "note"] as const).map((severity) => [severity, count(severity)] as const)
    .filter(([, found]) => found > 0).map(([severity, found]) => `${found} ${severity}${found === 1 ? "" : "s"}`);
  return [
    `${name} in ${region}, account ${caller.account}`,
    `as ${caller.principalArn}`,
    ...findings.map(({ code, severity, path, message, hint }) => {
      const lines = [`${severity} ${code}: ${path && `${path}  `}${message}`, ...hint ? [`hint: ${hint}`] : []];
      return `\n${lines.join("\n").replaceAll("\n", "\n  ")}`;
    }),
    "",
    `${checks} checks: ${told.join(", ") || "nothing found"}.`,
  ].join("\n");
}
