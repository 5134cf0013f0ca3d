/** What the user writes about a secret: where its value is. */

/** Where to find the value of a build secret. It is read when a Job needs it and is never part of the config. */
export type SecretInput = {
  /** Environment variable, which `--secret-env NAME` must allow. Example: `"HF_TOKEN"`. */
  readonly env: string;
  readonly file?: never;
} | {
  /** File, relative to the config file, inside its folder or a folder that `--allow-read` allows. Example: `"./secrets/netrc"`. */
  readonly file: string;
  readonly env?: never;
};
