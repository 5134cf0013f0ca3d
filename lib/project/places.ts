/** Says of failures where in the config's files their cause was written. */
import { CONFIG_PART, isUnituneError, UnituneError } from "../core/errors.ts";

type PlaceOf = (path: string) => string | null;

interface Failed {
  readonly error?: unknown;
}

/** The results, with a place for each error that is about a part of the config. */
export function withPlaces<Result extends Failed>(results: readonly Result[], placeOf: PlaceOf): Result[] {
  return results.map((result) => {
    return isUnituneError(result.error) ? { ...result, error: placed(result.error, placeOf) } : result;
  });
}

function placed(error: UnituneError, placeOf: PlaceOf): UnituneError {
  const { code, message, path, hint, cause } = error, own = path === undefined ? null : placeOf(path);
  const lines = error.lines.map((line) => {
    const place = line.startsWith(CONFIG_PART) ? placeOf(line.slice(CONFIG_PART.length)) : null;
    return place === null ? line : `${line}, ${place}`;
  });
  return new UnituneError(code, message, {
    path,
    hint,
    cause,
    lines: own === null ? lines : [`${path} is in ${own}`, ...lines],
  });
}
