import { EXIT, kubeToken, UnituneError, withKubeconfigEntry, writeKubeconfig } from "../../mod.ts";
import { DOCUMENT_VERSION as version } from "../documents/kinds.ts";
import type { Runner } from "../runner.ts";

export function kubeconfigCommand(runner: Runner): void {
  const command = runner.command("kubeconfig", "add the cluster to kubectl's config, with unitune as its exec plugin")
    .option("--file <path>", "the file to write (default: the first of $KUBECONFIG, or ~/.kube/config)")
    .option("--context <name>", "name of the context (default: <cluster>.<region>.<account>)")
    .option("--print", "print a kubeconfig with this entry alone, and write no file");
  command.action((options) =>
    runner.withProject(options, async (project, terminal) => {
      // kubectl runs in other shells, too, where AWS_PROFILE may not be set.
      const profile = options.profile ?? runner.env("AWS_PROFILE"), { context } = options;
      const entry = await project.kubeconfig({ program: runner.startedAs, profile, context });
      if (options.print) {
        terminal.exact((await withKubeconfigEntry(entry)).trimEnd(), { version, file: null, entry });
        return EXIT.done;
      }
      const file = await writeKubeconfig(entry, options.file);
      terminal.result(`wrote context ${entry.name} to ${file}`, { version, file, entry });
      terminal.say("Next: kubectl get nodepools");
      return EXIT.done;
    })
  );
  command.command("token", { hidden: true })
    .description("print a token for a cluster, as kubectl's exec plugins do (takes --region and --profile, too)")
    .requiredOption("--cluster <name>", "name of the cluster")
    .action((_, token) => {
      const { cluster, region, profile, ...common } = token.optsWithGlobals();
      return runner.run(common, async (terminal) => {
        if (!region) {
          throw new UnituneError("USAGE", "Cannot print a token without the region of the cluster", {
            path: "--region",
            hint: "Add --region",
          });
        }
        const credential = await kubeToken({ cluster, region, profile });
        terminal.exact(JSON.stringify(credential), credential);
        return EXIT.done;
      });
    });
}
