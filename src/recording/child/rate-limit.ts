/** So many a second, and no more; on whatever clock. */
export class RateLimit {
  readonly #perSecond: number;
  #second = -Infinity;
  #count = 0;

  constructor(perSecond: number) {
    this.#perSecond = perSecond;
  }

  /** @param now ms */
  allows(now: number): boolean {
    if (now - this.#second >= 1000) {
      this.#second = now;
      this.#count = 0;
    }
    this.#count += 1;
    return this.#count <= this.#perSecond;
  }
}
