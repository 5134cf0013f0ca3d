import { EXIT, toYaml } from "../../mod.ts";
import { DOCUMENT_VERSION as version } from "../documents/kinds.ts";
import { finish } from "../report.ts";
import { cancelOption, noWaitOption, quietOption, type Runner, secretEnvOption } from "../runner.ts";

export function deployCommand(runner: Runner): void {
  runner.command("deploy", "build a folder that the config does not declare into a repository of its own")
    .argument("[dir]", "the build context", ".")
    .requiredOption("--image-name <name>", "the ECR repository; created if it is missing")
    .option("--tag <tag>", "a tag for the image; `latest` may move, any other is written once")
    .option("--force", "build the image even if the registry holds it")
    .option("--no-cache", "build the image again, and run every step of it")
    .option("--pull", "build the image again, from what the tags of its base images are on now")
    .addOption(noWaitOption())
    .addOption(cancelOption())
    .addOption(quietOption())
    .addOption(secretEnvOption())
    .option("--dry-run", "print the Job as YAML, and build nothing")
    .action((dir, options) =>
      runner.withProject(options, async (declared, terminal) => {
        const { imageName: repository, tag, force, cache, pull, wait, cancelOnInterrupt } = options, noCache = !cache;
        const project = await declared.withDirectory({ directory: dir, repository, tag });
        try {
          if (options.dryRun) {
            const jobs = await project.jobs(undefined, { noCache, pull });
            terminal.exact((await toYaml(jobs)).trimEnd(), { version, objects: jobs });
            return EXIT.done;
          }
          const plan = await project.planDeploy({ force, noCache, pull });
          return finish(terminal, await project.run(plan, { wait, cancelOnInterrupt }), "");
        } finally {
          await project.close();
        }
      })
    );
}
