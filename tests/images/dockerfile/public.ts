/**
 * Plans the images of ten public repositories, none of which may have an error:
 * `deno run -A tests/images/dockerfile/public.ts <folder>`. What the folder lacks is fetched from GitHub.
 */
import { run } from "../../cli/run.ts";
import { PUBLIC } from "./public_repositories.ts";

async function git(...args: readonly string[]): Promise<void> {
  const { success } = await new Deno.Command("git", { args: [...args], stdin: "null" }).output();
  if (!success) throw new Error(`git ${args.join(" ")}`);
}

async function fetchInto(folder: string, repository: string, commit: string): Promise<void> {
  if (await Deno.stat(folder).then(() => true, () => false)) return;
  await git("init", "--quiet", folder);
  await git("-C", folder, "fetch", "--quiet", "--depth=1", `https://github.com/${repository}`, commit);
  await git("-C", folder, "checkout", "--quiet", "FETCH_HEAD");
}

const [root] = Deno.args;
if (root === undefined) throw new Error("name a folder for the repositories");
let failed = 0;
for (const { repository, commit, images } of PUBLIC) {
  const folder = repository.replace("/", "+"), names: string[] = [];
  await fetchInto(`${root}/${folder}`, repository, commit);
  for (const { context = "", dockerfiles } of images) {
    for (const dockerfile of dockerfiles) {
      const fields = { context: `./${folder}/${context}`, dockerfile };
      names.push(`i${names.length}: image(${JSON.stringify(fields)})`);
    }
  }
  const config = `${root}/unitune.config.ts`;
  await Deno.writeTextFile(
    config,
    `import { defineConfig, image } from "unitune/config";
export default defineConfig({
  name: "public",
  region: "us-west-2",
  cluster: { endpoint: { publicFrom: ["203.0.113.0/24"] } },
  images: { ${names.join(", ")} },
});
`,
  );
  const { code, stdout, stderr } = await run(["plan", "--offline", "-c", config]);
  const warnings = stdout.split("\n").filter((line) => line.startsWith("Note: ") && line.includes("Dockerfile"));
  console.log(`${repository}: ${names.length} images, exit ${code}, ${warnings.length} warnings`);
  for (const warning of warnings) console.log(`  ${warning}`);
  if (code === 0) continue;
  console.error(stderr);
  failed++;
}
Deno.exit(failed > 0 ? 1 : 0);
