/**
 * What clients haven't taken yet of their answers: bounded in bytes, and in time.
 *
 * The bytes count together with those of bodies. A client that takes nothing of what waits for it is cut off after a
 * while. Where a holder has too much, the answer that has stood still for longest goes first; where all have too much, the
 * same happens to the heaviest holder.
 */
import type { Quota } from "./Quota.ts"

/** An answer on its way, as the transport knows it. */
export interface Outgoing {
  /** Bytes that wait to be sent. */
  unsent(): number
  /** Whether anything waits to be sent, be it only the end. */
  isWaiting(): boolean
  /** Whether the connection is its own: pipelined answers wait for earlier ones. */
  hasTurn(): boolean
  /** Grows whenever something has left. */
  pieces(): number
  /** Ends it, and what it holds with it. */
  cut(): void
}

/** One answer, as it is counted; after `closed` it counts for nothing. */
export interface Answer {
  /** Something was written, or has left. */
  changed(): void
  closed(): void
}

/** Checks within the time that a client has. They are counted, so that a busy process cuts off nobody. */
const looks = 8

class Held implements Answer {
  readonly holder: string | undefined
  readonly outgoing: Outgoing
  readonly #changed: (held: Held) => void
  readonly #forget: (held: Held) => void
  #isOpen = true
  bytes = 0
  pieces = 0
  /** Checks since something has left. */
  looked = 0

  constructor(
    holder: string | undefined,
    outgoing: Outgoing,
    changed: (held: Held) => void,
    forget: (held: Held) => void
  ) {
    this.holder = holder
    this.outgoing = outgoing
    this.#changed = changed
    this.#forget = forget
    this.pieces = outgoing.pieces()
  }

  changed(): void {
    if (this.#isOpen) this.#changed(this)
  }

  closed(): void {
    this.#isOpen = false
    this.#forget(this)
  }
}

/** All answers of one listener. */
export class Answers {
  readonly #quota: Quota
  readonly #lookMs: number
  /** Those of which something waits, the oldest first. */
  readonly #waiting = new Set<Held>()
  readonly #byHolder = new Map<string, Set<Held>>()
  #looking: NodeJS.Timeout | undefined

  /** `patienceMs` is how long a client may take nothing. */
  constructor(quota: Quota, patienceMs: number) {
    this.#quota = quota
    this.#lookMs = Math.max(1, Math.ceil(patienceMs / looks))
  }

  /** Follows an answer. Without a holder only the time is bounded. */
  open(holder: string | undefined, outgoing: Outgoing): Answer {
    return new Held(holder, outgoing, this.#onChange, this.#onEnd)
  }

  // One for all answers.
  readonly #onChange = (held: Held): void => {
    this.#update(held)
    this.#makeRoom(held)
  }

  readonly #onEnd = (held: Held): void => this.#forget(held)

  /** Cuts off the answer of a holder that has stood still for longest, if most of what it holds are answers. */
  relieve(holder: string): boolean {
    return this.#bytesOf(holder) > this.#quota.of(holder) / 2 && this.#cutWorst(holder)
  }

  /** What has left since the last check is given back first. */
  #bytesOf(holder: string): number {
    let bytes = 0
    for (const held of this.#byHolder.get(holder) ?? []) {
      this.#update(held)
      bytes += held.bytes
    }
    return bytes
  }

  /** False when none of its answers waits. */
  #cutWorst(holder: string): boolean {
    let worst: Held | undefined
    for (const held of this.#byHolder.get(holder) ?? []) {
      if (held.bytes > 0 && (worst === undefined || held.looked > worst.looked)) worst = held
    }
    if (worst === undefined) return false
    this.#cut(worst)
    return true
  }

  #update(held: Held): void {
    const { holder, outgoing } = held
    this.#count(held, outgoing.unsent())
    if (!outgoing.isWaiting()) {
      this.#forget(held)
      return
    }
    if (this.#waiting.has(held)) return
    held.looked = 0
    held.pieces = outgoing.pieces()
    this.#waiting.add(held)
    if (holder !== undefined) {
      const own = this.#byHolder.get(holder) ?? new Set()
      this.#byHolder.set(holder, own.add(held))
    }
    this.#looking ??= setInterval(() => this.#look(), this.#lookMs).unref()
  }

  #count(held: Held, bytes: number): void {
    if (held.holder !== undefined) this.#quota.add(held.holder, bytes - held.bytes)
    held.bytes = bytes
  }

  #forget(held: Held): void {
    const { holder } = held
    this.#count(held, 0)
    this.#waiting.delete(held)
    if (holder === undefined) return
    const own = this.#byHolder.get(holder)
    own?.delete(held)
    if (own?.size === 0) this.#byHolder.delete(holder)
  }

  #cut(held: Held): void {
    this.#forget(held)
    held.outgoing.cut()
  }

  #makeRoom({ holder }: Held): void {
    if (holder === undefined) return
    // Each round frees something or is the last.
    while (this.#quota.isOver(holder)) {
      this.#bytesOf(holder)
      if (this.#quota.isOver(holder) && !this.#cutWorst(holder)) break
    }
    while (this.#quota.isOverAll) {
      const heaviest = this.#quota.heaviest() ?? holder
      this.#bytesOf(heaviest)
      if (this.#quota.isOverAll && !this.#cutWorst(heaviest) && !this.#cutWorst(holder)) break
    }
  }

  #look(): void {
    for (const held of this.#waiting) {
      const { outgoing } = held
      this.#update(held)
      const pieces = outgoing.pieces()
      if (pieces !== held.pieces || !outgoing.hasTurn()) {
        held.pieces = pieces
        held.looked = 0
      } else {
        held.looked += 1
        if (held.looked > looks && this.#waiting.has(held)) this.#cut(held)
      }
    }
    if (this.#waiting.size > 0) return
    clearInterval(this.#looking)
    this.#looking = undefined
  }
}
