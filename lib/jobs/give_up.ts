/** A decision to wait no longer, which may come from any of several watches. */

export class GiveUp {
  readonly #decided = Promise.withResolvers<never>();

  constructor() {
    this.#decided.promise.catch(() => {}); // nobody may be listening any more
  }

  /** Never resolves; rejects with the first reason. */
  get promise(): Promise<never> {
    return this.#decided.promise;
  }

  because(error: unknown): void {
    this.#decided.reject(error);
  }
}
