/** Completions as a person gets them: the real shells read the script of the compiled program, and a Tab asks it. */
import assert from "node:assert/strict";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

const dist = dirname(fileURLToPath(new URL("../../dist/unitune", import.meta.url)));
const config = fileURLToPath(new URL("../../examples/monorepo/unitune.config.ts", import.meta.url));

async function shell(program: string, args: string[], script: string): Promise<string> {
  const env = { PATH: `${dist}:${Deno.env.get("PATH")}`, TERM: "xterm" };
  const { success, stdout, stderr } = await new Deno.Command(program, { args: [...args, script], env, stdin: "null" })
    .output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  assert.ok(success, `${program}: ${text(stdout)}${text(stderr)}`);
  return text(stdout);
}

/** What bash would offer for a line, one list a line. */
const BASH = (lines: readonly string[]) => `
source /usr/share/bash-completion/bash_completion
source <(unitune completions bash)
ask() {
  COMP_LINE="$1" COMP_POINT=\${#1} COMP_WORDS=($1) COMPREPLY=()
  [[ "$1" == *" " ]] && COMP_WORDS+=("")
  COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
  __unitune_complete
  echo "\${COMPREPLY[*]}"
}
${lines.map((line) => `ask "${line}"`).join("\n")}
`;

Deno.test("bash completes commands, values of flags and images", async () => {
  const told = await shell(
    "bash",
    ["--norc", "-c"],
    BASH(["unitune de", "unitune apply --only ", `unitune build -c ${config} tok`]),
  );
  assert.deepEqual(told.trimEnd().split("\n"), ["deploy destroy", "infra pools images", "tokenize"]);
});

Deno.test("fish completes commands with what they do, and images", async () => {
  const asks = ["unitune de", `unitune build -c ${config} tok`].map((line) => `complete -C "${line}"`);
  const told = await shell("fish", ["--no-config", "-c"], ["unitune completions fish | source", ...asks].join("; "));
  const [deploy = "", destroy = "", ...images] = told.trimEnd().split("\n");
  assert.match(deploy, /^deploy\t\S/);
  assert.match(destroy, /^destroy\t\S/);
  assert.deepEqual(images, ["tokenize"]);
});

/** Types into a zsh that believes it has a terminal, until its screen shows `wanted`. */
const ZSH = `
zmodload zsh/zpty
zpty z zsh -f -i
zpty -w z 'PS1=; autoload -Uz compinit; compinit -u -D; source <(unitune completions zsh); echo rea""dy'
shown=
await() {
  for try in {1..300}; do
    while zpty -r -t z out; do shown+=$out; done
    [[ $shown == *$1* ]] && return
    sleep 0.1
  done
  print -r -- "no $1 in: $shown"; exit 1
}
await ready
zpty -n -w z $'unitune destr\\t'
await 'destroy'
zpty -n -w z $'--dry\\t'
await '--dry-run'
zpty -d z
print completed
`;

Deno.test("zsh completes a command and a flag at a Tab", async () => {
  assert.equal((await shell("zsh", ["-f", "-c"], ZSH)).trimEnd(), "completed");
});
