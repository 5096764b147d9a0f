/**
 * How much of something may be held at once, by one holder and by all.
 *
 * What was taken must be given back. A holder that holds nothing is forgotten, so memory follows what is held.
 */

/** The bounds for one holder and for all together. */
export interface QuotaLimits {
  readonly perHolder: number
  readonly overall: number
}

/** Counts what is held. An amount without a holder counts only towards the overall bound. */
export class Quota {
  readonly #limits: QuotaLimits
  readonly #held = new Map<string, number>()
  #total = 0

  constructor(limits: QuotaLimits) {
    this.#limits = limits
  }

  get total(): number {
    return this.#total
  }

  of(holder: string): number {
    return this.#held.get(holder) ?? 0
  }

  /** Whether this much more fits. Without a holder only the overall bound counts. */
  fits(holder: string | undefined, amount = 1): boolean {
    if (this.#total + amount > this.#limits.overall) return false
    return holder === undefined || this.of(holder) + amount <= this.#limits.perHolder
  }

  /** Takes (or, with a negative amount, gives back) whatever the bounds are. */
  add(holder: string | undefined, amount: number): void {
    this.#total += amount
    if (holder === undefined) return
    const held = this.of(holder) + amount
    if (held > 0) this.#held.set(holder, held)
    else this.#held.delete(holder)
  }

  isOver(holder: string | undefined): boolean {
    return holder !== undefined && this.of(holder) > this.#limits.perHolder
  }

  get isOverAll(): boolean {
    return this.#total > this.#limits.overall
  }

  /** The holder that holds most. */
  heaviest(): string | undefined {
    let most = 0
    let found: string | undefined
    for (const [holder, held] of this.#held) {
      if (held > most) {
        most = held
        found = holder
      }
    }
    return found
  }
}
