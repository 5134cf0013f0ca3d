import assert from "node:assert/strict";
import { helpPage } from "../../lib/cli/help.ts";
import { commandLine, processWorld } from "../../lib/cli/main.ts";
import { MANUAL } from "../../lib/cli/manual.ts";
import { golden } from "../golden.ts";
import { run } from "./run.ts";

const { program } = commandLine(processWorld({ signal: new AbortController().signal, listen: () => {} }));
const names = program.commands.map((command) => command.name());

Deno.test("help of the program and of every command is what was read once", async () => {
  for (const words of [[], ...names.map((name) => [name])]) {
    const { code, stdout, stderr } = await run([...words, "--help"]);
    assert.deepEqual([code, stderr], [0, ""]);
    await golden(`help/${words[0] ?? "unitune"}.txt`, stdout);
  }
});

Deno.test("every command has examples, which the command line accepts, and a group", () => {
  assert.deepEqual(Object.keys(MANUAL).sort(), names.toSorted());
  for (const [name, { examples }] of Object.entries(MANUAL)) {
    const command = program.commands.find((one) => one.name() === name)!;
    const flags = new Set(command.options.flatMap(({ long, short }) => [long, short]));
    assert.ok(examples.length > 0, name);
    for (const [line] of examples) {
      const words = line.replace(/^source <\(|\)$/g, "").split(/ +/);
      assert.deepEqual(words.slice(0, 2), ["unitune", name]);
      for (const word of words.filter((word) => word.startsWith("-"))) assert.ok(flags.has(word), line);
    }
  }
});

Deno.test("a command's own options stand before the common ones, and every command has those", () => {
  for (const command of program.commands) {
    const titles = helpPage(command).sections.map(({ title }) => title);
    const own = titles.indexOf("Options"), common = titles.indexOf("Common options");
    assert.ok(own < common, command.name());
    assert.deepEqual(titles.slice(-2), ["Environment", "Exit codes"]);
  }
});

Deno.test("a flag that takes a value takes one, so that arguments may follow", async () => {
  const env = { A: "1" }, file = "/nowhere/unitune.config.ts";
  const words = ["--env", "A", "--env", "B=2=3", "--allow-read", "/", "--secret-env", "A", "-c", file, "trainer"];
  const { stderr } = await run(["build", ...words], { env });
  assert.match(stderr, /^error CONFIG_NOT_FOUND/);
});
