/**
 * `deno task lambda`: bundles each function of `infra/lambda` to `templates/lambda/<name>.js`, one CommonJS file as
 * CloudFormation needs it inline in a template. The program has no esbuild and puts these files into its templates.
 */
import { fileURLToPath } from "node:url";
import { build, stop } from "esbuild";

const ROOT = new URL("../", import.meta.url);

/** The functions, by the names of their files. */
export const FUNCTIONS = ["clean_up", "default_group"] as const;
type FunctionName = typeof FUNCTIONS[number];

/** Path of a function's bundle. */
export function bundleOf(name: FunctionName): URL {
  return new URL(`templates/lambda/${name}.js`, ROOT);
}

/** The text of the bundle, from the sources. */
export async function bundled(name: FunctionName): Promise<string> {
  try {
    const { outputFiles } = await build({
      absWorkingDir: fileURLToPath(ROOT),
      entryPoints: [`infra/lambda/${name}.ts`],
      bundle: true,
      write: false,
      platform: "node",
      format: "esm",
      target: "node24",
      // The runtime provides it.
      external: ["@aws-sdk/*"],
      banner: { js: `// Bundled from infra/lambda/${name}.ts of unitune.` },
      legalComments: "none",
      logLevel: "error",
    });
    return commonJs(outputFiles[0]!.text);
  } finally {
    await stop();
  }
}

/** Converts the module to CommonJS without the helpers that esbuild would add: people read this code. */
function commonJs(text: string): string {
  const required = text.replace(
    /^import \{([^}]*)\} from ("[^"]+");$/gm,
    (_, names: string, from: string) => `const {${names.replaceAll(" as ", ": ")}} = require(${from});`,
  );
  const exported = required.replace(/^export \{\n {2}handler\n\};$/m, "exports.handler = handler;");
  if (/^(?:im|ex)port\b/m.test(exported) || exported === required) {
    throw new Error("Cannot bundle: only named imports and the export of handler can be converted to CommonJS");
  }
  return exported;
}

if (import.meta.main) {
  await Deno.mkdir(new URL("templates/lambda/", ROOT), { recursive: true });
  for (const name of FUNCTIONS) await Deno.writeTextFile(bundleOf(name), await bundled(name));
}
