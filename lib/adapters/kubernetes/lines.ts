/** The lines of a response's body as they come; a last one without its end is given too. */
export async function* linesOf(response: Response): AsyncGenerator<string> {
  if (!response.body) return;
  let rest = "";
  for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    yield* lines;
  }
  if (rest) yield rest;
}
