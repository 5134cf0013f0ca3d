import assert from "node:assert/strict";
import type { ContextEntry } from "../../lib/images/context.ts";
import { contextWarnings } from "../../lib/images/context_warnings.ts";

function file(path: string, size = 1): ContextEntry {
  return { path, type: "file", mode: 0o644, size, link: null, digest: "", pieces: [], ignored: false };
}

function folder(path: string): ContextEntry {
  return { ...file(path, 0), type: "dir", digest: null };
}

Deno.test("a context of more than 1 GiB is warned about, with its largest folders", () => {
  assert.deepEqual(contextWarnings([file("a", 2 ** 30)]), []);
  const [large, ...others] = contextWarnings([file("data/x", 2 ** 30), file("models/y", 2 ** 29), file("src/z", 1)]);
  assert.match(large!, /^The context is 1\.5 GiB \(data 1\.0 GiB, models 512\.0 MiB\): exclude/);
  assert.deepEqual(others, []);
});

Deno.test("a folder that tools create is worth a line in the ignore file, with what the line saves", () => {
  const warnings = contextWarnings([file("app/.venv/lib/build/x", 2 ** 26), file("build/small", 1)]);
  assert.deepEqual(warnings, ['The context contains app/.venv: a line "app/.venv" in .dockerignore saves 64.0 MiB']);
});

Deno.test("what Git keeps in a context is warned about: .git as a folder and as a file, and empty submodules", () => {
  assert.match(contextWarnings([file(".git/HEAD", 2 ** 20)])[0]!, /\.git \(1\.0 MiB\), which changes with each commit/);
  assert.match(contextWarnings([file(".git")])[0]!, /\.git as a file/);
  const gitmodules = '[submodule "a"]\n\tpath = third_party/a\n\turl = x\n[submodule "b"]\n\tpath = third_party/b\n';
  const entries = [folder("third_party"), folder("third_party/a"), folder("third_party/b"), file("third_party/b/x")];
  assert.deepEqual(contextWarnings(entries, gitmodules), [
    "Submodules are empty (third_party/a): run git submodule update --init --recursive",
  ]);
});

Deno.test("files that are named like secrets are warned about, those that only sound like them are not", () => {
  const secrets = [
    ".env",
    "app/.env.prod",
    "id_ed25519",
    "tls/server.pem",
    "server.key",
    ".aws/credentials",
    ".netrc",
    ".kube/config",
    "hf_token.txt",
    "secrets.yaml",
    "service-account.json",
    ".huggingface/token",
    "infra/terraform.tfstate",
  ];
  for (const path of secrets) assert.match(contextWarnings([file(path)])[0] ?? "", /looks like secrets/, path);
  const others = [
    ".env.example",
    "env.py",
    "ca.pem",
    "cacert.pem",
    "tokenizer.json",
    "special_tokens_map.json",
    "tokens.py",
    "src/secrets.py",
    "id_rsa.pub",
    "config.json",
    "keys.py",
    "monkey",
  ];
  assert.deepEqual(contextWarnings(others.map((path) => file(path))), []);
  assert.deepEqual(contextWarnings([{ ...file(".env"), ignored: true }]), []);
});
