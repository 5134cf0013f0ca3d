/** A build context that is named on the command line. */
import { UnituneError } from "../../core/errors.ts";

/** Its real path. */
export async function realDirectory(directory: string): Promise<string> {
  try {
    return await Deno.realPath(directory);
  } catch (cause) {
    throw new UnituneError("DIRECTORY_NOT_FOUND", `Cannot read folder ${directory}: it does not exist`, {
      path: directory,
      hint: "Name a folder that holds a Dockerfile",
      cause,
    });
  }
}
