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
  worth(): number
  /** Ends it. */
  cut(): void
}

/** Counts occupants by holder. One without a holder counts only towards the overall bound, and is never given up. */
export class Room {
  readonly #limits: QuotaLimits
  readonly #quota: Quota
  /** The occupants of each holder, the oldest first. */
  readonly #byHolder = new Map<string, Set<Occupant>>()

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

  /** False when there is no room. What was let in must leave by the same holder. */
  enter(holder: string | undefined, occupant: Occupant): boolean {
    if (holder !== undefined && this.of(holder) >= this.#limits.perHolder) return false
    if (!this.#quota.fits(holder) && !this.#displace(holder)) return false
    this.#quota.add(holder, 1)
    if (holder === undefined) return true
    const own = this.#byHolder.get(holder)
    if (own === undefined) this.#byHolder.set(holder, new Set([occupant]))
    else own.add(occupant)
    return true
  }

  /** May be called for one that was displaced and has left so; without a holder it must be called once. */
  leave(holder: string | undefined, occupant: Occupant): void {
    if (holder !== undefined) {
      const own = this.#byHolder.get(holder)
      if (own?.delete(occupant) !== true) return
      if (own.size === 0) this.#byHolder.delete(holder)
    }
    this.#quota.add(holder, -1)
  }

  #displace(newcomer: string | undefined): boolean {
    const heaviest = this.#quota.heaviest()
    const own = newcomer === undefined ? 0 : this.of(newcomer)
    if (heaviest === undefined || this.of(heaviest) <= own + 1) return false
    let least: Occupant | undefined
    let leastWorth = Number.POSITIVE_INFINITY
    for (const occupant of this.#byHolder.get(heaviest) ?? []) {
      const worth = occupant.worth()
      if (worth < leastWorth) {
        least = occupant
        leastWorth = worth
      }
      if (worth <= 0) break
    }
    if (least === undefined) return false
    this.leave(heaviest, least)
    least.cut()
    return true
  }
}
