/**
 * Room for connections or requests: so many for one holder, and so many for all.
 *
 * Where all together have too many, a newcomer isn't turned away for what others hold: the heaviest holder gives one up,
 * as long as it holds more than the newcomer's would.
 */
import { Quota, type QuotaLimits } from "./Quota.ts"

/** Something that takes room. */
export interface Occupant {
  /** How much would be lost with it: the least goes first, and of equals the oldest. */
  readonly worth: () => number
  /** Ends it. */
  readonly cut: () => void
}

/** Counts occupants by holder. One without a holder counts only towards the overall bound, and is never given up. */
export class Room {
  readonly #limits: QuotaLimits
  readonly #quota: Quota
  readonly #byHolder = new Map<string, Map<Occupant, () => void>>()

  constructor(limits: QuotaLimits) {
    this.#limits = limits
    this.#quota = new Quota(limits)
  }

  get total(): number {
    return this.#quota.total
  }

  of(holder: string): number {
    return this.#quota.of(holder)
  }

  /** Returns how to leave, which may be called more than once; undefined when there is no room. */
  enter(holder: string | undefined, occupant: Occupant): (() => void) | undefined {
    if (holder !== undefined && this.of(holder) >= this.#limits.perHolder) return undefined
    if (!this.#quota.fits(holder) && !this.#displace(holder)) return undefined
    this.#quota.add(holder, 1)
    let isIn = true
    const leave = () => {
      if (!isIn) return
      isIn = false
      this.#quota.add(holder, -1)
      if (holder === undefined) return
      const own = this.#byHolder.get(holder)
      own?.delete(occupant)
      if (own?.size === 0) this.#byHolder.delete(holder)
    }
    if (holder !== undefined) {
      const own = this.#byHolder.get(holder) ?? new Map<Occupant, () => void>()
      this.#byHolder.set(holder, own.set(occupant, leave))
    }
    return leave
  }

  #displace(newcomer: string | undefined): boolean {
    const heaviest = this.#quota.heaviest()
    const own = newcomer === undefined ? 0 : this.of(newcomer)
    if (heaviest === undefined || this.of(heaviest) <= own + 1) return false
    let least: Occupant | undefined
    let leastWorth = Number.POSITIVE_INFINITY
    for (const occupant of this.#byHolder.get(heaviest)?.keys() ?? []) {
      const worth = occupant.worth()
      if (worth < leastWorth) {
        least = occupant
        leastWorth = worth
      }
      if (worth <= 0) break
    }
    if (least === undefined) return false
    this.#byHolder.get(heaviest)?.get(least)?.()
    least.cut()
    return true
  }
}
