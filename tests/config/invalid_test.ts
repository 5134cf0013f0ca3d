/** Every invalid config of `invalid/` and its messages, in `tests/golden/config`. */
import { golden } from "../golden.ts";
import { makeProject } from "./project.ts";

const folder = new URL("./invalid/", import.meta.url);

const names = [...Deno.readDirSync(folder)].map(({ name }) => name.replace(/\.ts\.txt$/, "")).toSorted();

for (const name of names) {
  Deno.test(`config ${name.replaceAll("_", " ")} is rejected, each mistake with its place and a hint`, async () => {
    await using project = await makeProject();
    const config = await Deno.readTextFile(new URL(`${name}.ts.txt`, folder));
    await golden(`config/${name}.txt`, await project.failure(config));
  });
}
