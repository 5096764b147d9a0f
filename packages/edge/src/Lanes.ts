/**
 * How many calls of each kind may be made at once: none may take the places that others need.
 *
 * All kinds share a number of places. A kind takes a further one only while it has fewer than are free, and each holder within
 * a kind only half as many. So a kind that hangs has not quite half of the places by itself, and the more of them hang, the less each
 * has. The last places go to kinds that have none yet. Nobody holds more than half of all places in whatever kinds. What finds
 * no place waits in its kind's queue, for a bounded time.
 */

/** The places, and the queues before them. */
export interface LanesOptions {
  /** Calls of all kinds together. */
  readonly places: number
  /** Calls of one kind that wait, and of one holder among them. */
  readonly waiting: number
  readonly waitingPerHolder: number
  /** Milliseconds that a call waits for a place at most. */
  readonly waitMs: number
}

/** 64 places, and 5 s to wait for one. */
export const defaults: LanesOptions = { places: 64, waiting: 2_048, waitingPerHolder: 512, waitMs: 5_000 }

const more = (counts: Map<string, number>, holder: string): void => {
  counts.set(holder, (counts.get(holder) ?? 0) + 1)
}

const less = (counts: Map<string, number>, holder: string): void => {
  const count = (counts.get(holder) ?? 1) - 1
  if (count > 0) counts.set(holder, count)
  else counts.delete(holder)
}

/** This part of the places is for kinds that have none yet. */
const keptShare = 1 / 8

interface Waiter {
  readonly holder: string | undefined
  readonly endsAt: number
  readonly settle: (isIn: boolean) => void
}

/** What the lanes need of the clock: milliseconds that only go forward, and to be called after a while. */
export interface LanesClock {
  readonly now: () => number
  readonly after: (millis: number, act: () => void) => void
}

/** All kinds of calls together. */
export class Lanes {
  readonly options: LanesOptions
  readonly clock: LanesClock
  /** Those in which somebody waits; whose turn comes next is first. */
  readonly #crowded = new Set<Lane>()
  readonly #of = new Map<string, number>()
  #taken = 0

  constructor(clock: LanesClock, options: Partial<LanesOptions> = {}) {
    this.clock = clock
    this.options = { ...defaults, ...options }
  }

  /** Places that nobody has. Probes come on top of them, so it may be below 0. */
  get free(): number {
    return this.options.places - this.#taken
  }

  /** Places for kinds that have none yet. */
  get kept(): number {
    return Math.floor(this.options.places * keptShare)
  }

  /** A further kind of calls. */
  lane(): Lane {
    return new Lane(this)
  }

  /** Whether a holder may have another place, of whatever kind. */
  fits(holder: string): boolean {
    return (this.#of.get(holder) ?? 0) * 2 < this.options.places
  }

  took(holder: string | undefined): void {
    this.#taken += 1
    if (holder !== undefined) more(this.#of, holder)
  }

  gaveBack(holder: string | undefined): void {
    this.#taken -= 1
    if (holder !== undefined) less(this.#of, holder)
    // In turns. A place that is free may let in more than one, as it raises the bound of each kind.
    for (let refused = 0; refused < this.#crowded.size; ) {
      const [next] = this.#crowded
      if (next === undefined) return
      this.#crowded.delete(next)
      refused = next.admit() ? 0 : refused + 1
      if (next.isCrowded) this.#crowded.add(next)
    }
  }

  crowded(lane: Lane): void {
    this.#crowded.add(lane)
  }

  left(lane: Lane): void {
    if (!lane.isCrowded) this.#crowded.delete(lane)
  }
}

/** Calls of one kind. Each that was let in must leave by the same holder, once. */
export class Lane {
  readonly #lanes: Lanes
  readonly #of = new Map<string, number>()
  readonly #waiting = new Set<Waiter>()
  readonly #waitingOf = new Map<string, number>()
  #taken = 0
  #isTimed = false

  constructor(lanes: Lanes) {
    this.#lanes = lanes
  }

  /** Whether anybody waits. */
  get isCrowded(): boolean {
    return this.#waiting.size > 0
  }

  #fits(holder: string | undefined): boolean {
    const { free } = this.#lanes
    if (this.#taken >= (this.#taken === 0 ? free : free - this.#lanes.kept)) return false
    return holder === undefined || ((this.#of.get(holder) ?? 0) * 2 < free && this.#lanes.fits(holder))
  }

  /** Takes a place if there is one. */
  take(holder: string | undefined): boolean {
    if (!this.#fits(holder)) return false
    this.force(holder)
    return true
  }

  /** Takes a place, whether there is one or not. */
  force(holder: string | undefined): void {
    this.#taken += 1
    if (holder !== undefined) more(this.#of, holder)
    this.#lanes.took(holder)
  }

  /** Gives a place back. */
  leave(holder: string | undefined): void {
    this.#taken -= 1
    if (holder !== undefined) less(this.#of, holder)
    this.#lanes.gaveBack(holder)
  }

  /**
   * Waits for a place: true when it is taken, false where there is none in time or too many wait already. Rejects with the
   * signal's reason.
   */
  wait(holder: string | undefined, signal?: AbortSignal): Promise<boolean> {
    const { waiting, waitingPerHolder, waitMs } = this.#lanes.options
    const isTooMuch =
      this.#waiting.size >= waiting || (holder !== undefined && (this.#waitingOf.get(holder) ?? 0) >= waitingPerHolder)
    if (isTooMuch) return Promise.resolve(false)
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        holder,
        endsAt: this.#lanes.clock.now() + waitMs,
        settle: (isIn) => {
          signal?.removeEventListener("abort", onAbort)
          resolve(isIn)
        }
      }
      const onAbort = () => {
        this.#remove(waiter)
        reject(signal?.reason as Error)
      }
      signal?.addEventListener("abort", onAbort, { once: true })
      this.#waiting.add(waiter)
      if (holder !== undefined) more(this.#waitingOf, holder)
      this.#lanes.crowded(this)
      this.#look()
    })
  }

  /** Lets one in that waits, the first for whom there is a place; false where there is none. */
  admit(): boolean {
    for (const waiter of this.#waiting) {
      if (!this.#fits(waiter.holder)) continue
      this.#remove(waiter)
      this.force(waiter.holder)
      waiter.settle(true)
      return true
    }
    return false
  }

  /** Nobody waits any longer: all are told that there is no place. */
  refuse(): void {
    for (const waiter of this.#waiting) {
      this.#remove(waiter)
      waiter.settle(false)
    }
  }

  #remove(waiter: Waiter): void {
    if (!this.#waiting.delete(waiter)) return
    if (waiter.holder !== undefined) less(this.#waitingOf, waiter.holder)
    this.#lanes.left(this)
  }

  /** They wait in the order of their ends, so one timer does for all. */
  #look(): void {
    const { clock } = this.#lanes
    for (const waiter of this.#waiting) {
      const leftMs = waiter.endsAt - clock.now()
      if (leftMs > 0) {
        if (!this.#isTimed) {
          this.#isTimed = true
          clock.after(leftMs, () => {
            this.#isTimed = false
            this.#look()
          })
        }
        return
      }
      this.#remove(waiter)
      waiter.settle(false)
    }
  }
}
