/**
 * One circuit: it holds calls back while what they go to doesn't answer, so that nobody waits for a deadline that will pass.
 *
 * It is closed, open or half-open. Closed, it counts; when half of the last calls have failed, it opens. Open, it refuses at
 * once and says for how long. After that it is half-open and lets one call at a time through: an answer closes it, a failure
 * opens it again for longer. What a call's outcome counts as is for its user to say.
 */

/** When a circuit opens, and for how long. */
export interface CircuitOptions {
  /** How many of the last calls are looked at, at most 31. */
  readonly window: number
  /** Fewer calls than this say nothing. */
  readonly least: number
  /** The share of failures among them at which it opens, above 0 and at most 1. */
  readonly share: number
  /** Milliseconds that it stays open the first time; doubled each time that it opens again at once. */
  readonly openMs: number
  readonly longestOpenMs: number
  /** Where the last failure is older than this, in milliseconds, when the next one comes, only the answers since it count. */
  readonly forgetMs: number
}

/** Half of the last twenty calls, or of all where there were only ten or more; open for a second, then for two, four and five. */
export const defaults: CircuitOptions = {
  window: 20,
  least: 10,
  share: 0.5,
  openMs: 1_000,
  longestOpenMs: 5_000,
  forgetMs: 30_000
}

/** What a circuit tells its user, once each. */
export interface CircuitEvents {
  readonly opened: () => void
  readonly closed: () => void
}

/** A call that may be made. It is given back with its outcome, exactly once. */
export type Ticket = number

const bitsIn = (mask: number): number => {
  let count = 0
  for (let rest = mask; rest !== 0; rest &= rest - 1) count++
  return count
}

/** Times are milliseconds of a clock that only goes forward. */
export class Circuit {
  readonly #options: CircuitOptions
  readonly #events: CircuitEvents
  readonly #now: () => number
  /** The last outcomes, the newest in the lowest bit; 1 is a failure. */
  #failures = 0
  #known = 0
  #failedAt = 0
  /** Undefined while it is closed. */
  #openUntil: number | undefined
  #openings = 0
  #isProbing = false
  /** Counts changes of state: outcomes of calls from before one don't count after it. */
  #turn: Ticket = 0

  constructor(now: () => number, events: CircuitEvents, options: Partial<CircuitOptions> = {}) {
    this.#now = now
    this.#events = events
    this.#options = { ...defaults, ...options }
  }

  /** A ticket for a call, or undefined where none may be made now. */
  enter(): Ticket | undefined {
    if (this.#openUntil === undefined) return this.#turn
    if (this.#isProbing || this.#now() < this.#openUntil) return undefined
    this.#isProbing = true
    return this.#turn
  }

  /** Whether calls are made as usual. Otherwise the one that `enter` lets through is a probe. */
  get isClosed(): boolean {
    return this.#openUntil === undefined
  }

  /** Whether `enter` would refuse a call now. */
  get holdsBack(): boolean {
    return this.#openUntil !== undefined && (this.#isProbing || this.#now() < this.#openUntil)
  }

  /**
   * Whether it is open, and somebody has tried it within so many milliseconds. One whose calls nobody makes any more stays
   * open, but tells nothing about what they go to.
   */
  isOpenAndTried(withinMs: number): boolean {
    return this.#openUntil !== undefined && (this.#isProbing || this.#now() - this.#openUntil < withinMs)
  }

  /** Milliseconds until a call may be made, at least 1; for a caller that was refused one. */
  retryAfterMs(): number {
    return Math.max(1, (this.#openUntil ?? 0) - this.#now(), this.#isProbing ? this.#options.openMs : 0)
  }

  /** There was an answer, whatever it says. */
  answered(ticket: Ticket): void {
    if (ticket !== this.#turn) return
    if (this.#openUntil !== undefined) {
      this.#change(undefined)
      this.#openings = 0
      this.#events.closed()
    } else this.#count(0)
  }

  /** There was none in time. */
  failed(ticket: Ticket): void {
    if (ticket !== this.#turn) return
    const { forgetMs, least, share } = this.#options
    const now = this.#now()
    if (this.#openUntil !== undefined) {
      this.#open(now)
      return
    }
    if (now - this.#failedAt > forgetMs) this.#forget()
    this.#failedAt = now
    this.#count(1)
    if (this.#known < least || bitsIn(this.#failures) < share * this.#known) return
    this.#open(now)
    this.#events.opened()
  }

  /** The caller gave up before there was either. */
  gaveUp(ticket: Ticket): void {
    if (ticket === this.#turn) this.#isProbing = false
  }

  #forget(): void {
    // As many answers as there are zeros below the last failure.
    if (this.#failures !== 0) this.#known = Math.min(this.#known, 31 - Math.clz32(this.#failures & -this.#failures))
    this.#failures = 0
  }

  #count(failure: 0 | 1): void {
    const { window } = this.#options
    this.#failures = ((this.#failures << 1) | failure) & (2 ** window - 1)
    this.#known = Math.min(window, this.#known + 1)
  }

  #open(now: number): void {
    const { longestOpenMs, openMs } = this.#options
    this.#change(now + Math.min(longestOpenMs, openMs * 2 ** Math.min(this.#openings, 16)))
    this.#openings += 1
  }

  #change(openUntil: number | undefined): void {
    this.#openUntil = openUntil
    this.#isProbing = false
    this.#failures = this.#known = 0
    this.#turn += 1
  }
}
