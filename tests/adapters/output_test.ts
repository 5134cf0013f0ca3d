import assert from "node:assert/strict";
import { isUnituneError } from "../../lib/core/errors.ts";
import { writeFiles, writePage } from "../../lib/adapters/output.ts";

async function folder(): Promise<string> {
  return await Deno.makeTempDir({ prefix: "unitune-output-" });
}

const names = async (path: string) => (await Array.fromAsync(Deno.readDir(path))).map(({ name }) => name).sort();

Deno.test("files are written below the folder, objects as YAML", async () => {
  const out = `${await folder()}/new`;
  const object = { apiVersion: "v1", kind: "Namespace", metadata: { name: "a" } };
  const written = await writeFiles(out, [{ path: "stacks/a.json", text: "{}\n" }, {
    path: "b.yaml",
    objects: [object],
  }]);
  assert.deepEqual(written, ["stacks/a.json", "b.yaml"]);
  assert.equal(await Deno.readTextFile(`${out}/stacks/a.json`), "{}\n");
  assert.match(await Deno.readTextFile(`${out}/b.yaml`), /^kind: Namespace$/m);
});

Deno.test("what an earlier run wrote and this one does not is deleted; files of others stay", async () => {
  const out = await folder();
  await writeFiles(out, [{ path: "jobs/a.yaml", text: "a" }, { path: "jobs/b.yaml", text: "b" }]);
  await Deno.writeTextFile(`${out}/jobs/mine.txt`, "mine");
  await writeFiles(out, [{ path: "jobs/b.yaml", text: "b2" }]);
  assert.deepEqual(await names(`${out}/jobs`), ["b.yaml", "mine.txt"]);
  assert.equal(await Deno.readTextFile(`${out}/jobs/b.yaml`), "b2");
});

Deno.test("a link is replaced, not followed; a folder that is a link is refused", async () => {
  const out = await folder(), elsewhere = await folder();
  await Deno.writeTextFile(`${elsewhere}/victim`, "victim");
  await Deno.symlink(`${elsewhere}/victim`, `${out}/a.json`);
  await writeFiles(out, [{ path: "a.json", text: "ours" }]);
  assert.equal(await Deno.readTextFile(`${elsewhere}/victim`), "victim");
  assert.equal(await Deno.readTextFile(`${out}/a.json`), "ours");
  await Deno.symlink(elsewhere, `${out}/stacks`);
  const error = await writeFiles(out, [{ path: "stacks/victim", text: "x" }]).catch((error) => error);
  assert.ok(isUnituneError(error) && error.code === "OUTPUT_UNSAFE", String(error));
  assert.match(error.message, /stacks: it is a link$/);
  assert.equal(await Deno.readTextFile(`${elsewhere}/victim`), "victim");
});

Deno.test("a list that somebody planted deletes nothing outside, and nothing through a link", async () => {
  const out = await folder(), elsewhere = await folder();
  await Deno.writeTextFile(`${elsewhere}/victim`, "victim");
  await Deno.symlink(elsewhere, `${out}/linked`);
  const planted = [`../${elsewhere.split("/").at(-1)}/victim`, `${elsewhere}/victim`, "linked/victim", "linked", 1];
  await Deno.writeTextFile(`${out}/.unitune-files.json`, JSON.stringify(planted));
  await writeFiles(out, [{ path: "a.json", text: "" }]);
  assert.equal(await Deno.readTextFile(`${elsewhere}/victim`), "victim");
  assert.deepEqual(await names(out), [".unitune-files.json", "a.json", "linked"]);
});

Deno.test("a page is written at once, in the place of a link and not through it", async () => {
  const out = await folder(), file = `${out}/plan.html`;
  await Deno.writeTextFile(`${out}/victim`, "victim");
  await Deno.symlink(`${out}/victim`, file);
  await Deno.symlink(`${out}/victim`, `${file}.new`);
  await writePage(file, "<!DOCTYPE html>");
  assert.equal(await Deno.readTextFile(`${out}/victim`), "victim");
  assert.equal(await Deno.readTextFile(file), "<!DOCTYPE html>");
  assert.deepEqual(await names(out), ["plan.html", "victim"]);
});

Deno.test("a page that cannot be written is an error that names the file, and leaves nothing", async () => {
  const out = await folder();
  await Deno.mkdir(`${out}/plan.html`);
  for (const file of [`${out}/plan.html`, `${out}/none/plan.html`]) {
    const error = await writePage(file, "page").catch((error) => error);
    assert.ok(isUnituneError(error));
    assert.deepEqual([error.code, error.path], ["PAGE_FILE", file]);
  }
  assert.deepEqual(await names(out), ["plan.html"]);
});
