/** A mistake that BuildKit reports too, in its own words, so that a search for the message finds the same answers. */
export class DockerfileError extends Error {
  override readonly name = "DockerfileError";
}

/** A mistake and the line where it is, counted from 1. */
export interface Problem {
  readonly message: string;
  readonly line: number;
}

/** The result of `read`, or the message of its `DockerfileError`. */
export function attempt<T>(read: () => T): { readonly value: T } | { readonly message: string } {
  try {
    return { value: read() };
  } catch (error) {
    if (error instanceof DockerfileError) return { message: error.message };
    throw error;
  }
}
