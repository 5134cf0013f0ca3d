import { EXIT, toYaml } from "../../mod.ts";
import { DOCUMENT_VERSION as version } from "../documents/kinds.ts";
import { finish } from "../report.ts";
import { cancelOption, noWaitOption, quietOption, type Runner, secretEnvOption } from "../runner.ts";

export function buildCommand(runner: Runner): void {
  runner.command("build", "build images and the images that they need")
    .argument("[images...]", "names of images (default: all)")
    .option("--force", "build the named images even if the registry holds them")
    .option("--no-cache", "build the named images again, and run every step of them")
    .option("--pull", "build the named images again, from what the tags of their base images are on now")
    .addOption(noWaitOption())
    .addOption(cancelOption())
    .addOption(quietOption())
    .addOption(secretEnvOption())
    .option("--dry-run", "print the Jobs as YAML, and build nothing")
    .action((images, options) =>
      runner.withProject(options, async (project, terminal) => {
        const { force, cache, pull, wait, cancelOnInterrupt } = options, noCache = !cache;
        if (options.dryRun) {
          const jobs = await project.jobs(images, { noCache, pull });
          terminal.exact((await toYaml(jobs)).trimEnd(), { version, objects: jobs });
          return EXIT.done;
        }
        const report = await project.build(images, { force, noCache, pull, wait, cancelOnInterrupt });
        return finish(terminal, report, "");
      })
    );
}
