/** The arrows of the house: who may import whom, and that pure rooms stay pure. */
import assert from "node:assert/strict";

interface Room {
  /** Path prefix of the room's files; the longest one counts. */
  readonly at: string;
  /** Prefixes of our own files that the room may import, besides its own. */
  readonly may: readonly string[];
  /** Prefixes that may be imported for their types alone. */
  readonly types?: readonly string[];
  readonly pure?: boolean;
}

const ROOMS: readonly Room[] = [
  { at: "main.ts", may: ["lib/cli/"] },
  { at: "unitune.config.ts", may: ["lib/config/mod.ts"] },
  { at: "lib/mod.ts", may: ["lib/", "infra/"] },
  { at: "lib/wiring.ts", may: ["lib/", "infra/"] },
  { at: "lib/core/", may: [], pure: true },
  { at: "lib/config/", may: ["lib/core/"], pure: true },
  { at: "lib/plan/", may: ["lib/core/"], types: ["lib/config/types.ts"], pure: true },
  { at: "lib/images/", may: ["lib/core/", "lib/plan/types.ts"], pure: true },
  { at: "lib/permissions/", may: ["lib/core/", "lib/plan/types.ts", "infra/permissions.json"], pure: true },
  { at: "lib/cluster/", may: ["lib/core/", "lib/plan/types.ts"], pure: true },
  { at: "infra/", may: ["lib/core/", "lib/plan/types.ts"] },
  { at: "lib/checks/", may: ["lib/core/", "lib/plan/", "lib/cluster/"], pure: true },
  {
    at: "lib/actions/",
    may: [
      "lib/core/",
      "lib/plan/",
      "lib/images/",
      "lib/cluster/",
      "lib/permissions/",
      "lib/checks/",
      "lib/jobs/",
    ],
    pure: true,
  },
  { at: "lib/jobs/", may: ["lib/core/"], pure: true },
  { at: "lib/adapters/", may: ["lib/core/", "lib/config/", "lib/images/"], types: ["lib/plan/types.ts"] },
  { at: "lib/cli/", may: ["lib/core/", "lib/mod.ts"] },
  { at: "examples/", may: ["lib/mod.ts", "lib/config/mod.ts"] },
];

const IMPURE = /\b(Deno\.|Date\.now|fetch\(|process\.|new Date\(\))|"@aws-sdk\//;
const IMPORT = /\b(import|export)\s+(type\s+)?(?:[^"';]*?\sfrom\s+)?"([^"]+)"|\bimport\(\s*"([^"]+)"\s*\)/g;

interface Arrow {
  readonly from: string;
  readonly to: string;
  readonly typeOnly: boolean;
}

const root = new URL("../", import.meta.url);

async function sources(folder: string): Promise<string[]> {
  const found: string[] = [];
  for await (const entry of Deno.readDir(new URL(folder, root))) {
    if (entry.isDirectory) found.push(...await sources(`${folder}${entry.name}/`));
    else if (entry.name.endsWith(".ts")) found.push(`${folder}${entry.name}`);
  }
  return found.sort();
}

function roomOf(file: string): Room | undefined {
  return ROOMS.filter(({ at }) => file.startsWith(at)).sort((a, b) => b.at.length - a.at.length)[0];
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/(^|\s)\/\/.*$/gm, "$1");
}

export function arrowsOf(file: string, text: string): Arrow[] {
  const map: Record<string, string> = { "unitune": "lib/mod.ts", "unitune/config": "lib/config/mod.ts" };
  return [...withoutComments(text).matchAll(IMPORT)].flatMap((match) => {
    const specifier = match[3] ?? match[4]!;
    const to = map[specifier] ?? (specifier.startsWith(".") ? new URL(specifier, `x:/${file}`).pathname.slice(1) : "");
    return to ? [{ from: file, to, typeOnly: match[2] !== undefined }] : [];
  });
}

export function isAllowed({ from, to, typeOnly }: Arrow): boolean {
  const room = roomOf(from);
  if (!room) return false;
  if (to.startsWith(room.at)) return true;
  return [...room.may, ...(typeOnly ? room.types ?? [] : [])].some((prefix) => to.startsWith(prefix));
}

const files = ["main.ts", ...await sources("lib/"), ...await sources("infra/"), ...await sources("examples/")];
const texts = new Map(
  await Promise.all(files.map(async (file) => {
    return [file, await Deno.readTextFile(new URL(file, root))] as const;
  })),
);

Deno.test("every import follows an arrow that the house allows", () => {
  const wrong = [...texts].flatMap(([file, text]) => arrowsOf(file, text)).filter((arrow) => !isAllowed(arrow));
  assert.deepEqual(wrong.map(({ from, to }) => `${from} → ${to}`), []);
});

Deno.test("pure rooms mention no runtime, clock, network or SDK", () => {
  const wrong = [...texts].filter(([file]) => roomOf(file)?.pure).flatMap(([file, text]) => {
    return withoutComments(text).split("\n").filter((line) => IMPURE.test(line)).map((line) =>
      `${file}: ${line.trim()}`
    );
  });
  assert.deepEqual(wrong, []);
});

Deno.test("the arrow test sees imports, type imports, re-exports and dynamic imports, and refuses the wrong ones", () => {
  const text = `
    import { a } from "../plan/changes.ts";
    import type { Config } from "../config/types.ts";
    export { b } from "../core/names.ts";
    const c = await import("../adapters/clock.ts");
    // import { no } from "../cli/main.ts";
  `;
  const arrows = arrowsOf("lib/plan/x.ts", text);
  assert.deepEqual(arrows.map(({ to }) => to), [
    "lib/plan/changes.ts",
    "lib/config/types.ts",
    "lib/core/names.ts",
    "lib/adapters/clock.ts",
  ]);
  assert.deepEqual(arrows.map(isAllowed), [true, true, true, false]);
  assert.ok(!isAllowed({ from: "lib/plan/x.ts", to: "lib/config/types.ts", typeOnly: false }));
});
