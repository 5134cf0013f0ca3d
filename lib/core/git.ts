/** What a config may know of the Git repository that it is in. */
export interface GitFacts {
  /** The commit that is checked out: 40 hex digits. */
  readonly commit: string;
  /** Its first 12 digits; with `-dirty` after them if tracked files differ from it. */
  readonly short: string;
  /** The branch; `null` if none is checked out. */
  readonly branch: string | null;
  /** Whether tracked files differ from the commit. Files that Git does not track do not count. */
  readonly dirty: boolean;
}

/** What a function of tags gets. */
export interface TagFacts {
  /** The Git repository that the config is in. */
  readonly git: GitFacts;
}
