/**
 * Reads of kept events for streams: once for all streams of a user that ask meanwhile.
 *
 * A stream may join a read that has begun before it asked. What was published since then may be missing in the answer, but a
 * stream of the user has heard of it, for at least one waits for each read from its begin on. So the highest number heard so
 * far is noted when a stream joins, and an answer that ends below it is said to be incomplete.
 */
import { type Effect, Exit } from "effect"
import type { Refusal } from "../Refusal.ts"
import type { Attempts } from "./Attempts.ts"
import type { KeptEvents } from "./KeptEvents.ts"

/** What a stream gets. */
export interface KeptPage extends KeptEvents {
  /** There may be further events above those of the page. */
  readonly more: boolean
}

/** What a stream wants: the events above a number, or only how far they go. */
export type Wanted = number | "newest"

/** One stream's question. */
export interface Question {
  /** The stream has heard of an event meanwhile. */
  readonly heard: (sequence: number) => void
  /** Something may have been missed: whoever asks from now on gets a read of its own. */
  readonly missed: () => void
  /** The answer isn't wanted any more, and never comes. */
  readonly cancel: () => void
}

/** How reads are made. */
export interface KeptReadsOptions {
  readonly read: (userId: string, after: number, limit: number) => Effect.Effect<KeptEvents, Refusal>
  /** Bounds the reads that run at the same time. */
  readonly attempts: Attempts
  readonly pageSize: number
}

class Asked {
  readonly wanted: Wanted
  /** The highest number that may be missing although it was heard before. */
  readonly heard: number
  readonly done: (exit: Exit.Exit<KeptPage, Refusal>) => void

  constructor(wanted: Wanted, heard: number, done: Asked["done"]) {
    this.wanted = wanted
    this.heard = heard
    this.done = done
  }

  pageOf(kept: KeptEvents, isFull: boolean): KeptPage {
    const { oldest, newest } = kept
    const { wanted } = this
    const events = wanted === "newest" ? [] : kept.events.filter(({ sequence }) => sequence > wanted)
    return { events, oldest, newest, more: newest < this.heard || (isFull && wanted !== "newest") }
  }
}

/** A read, and all who wait for it. */
class Read {
  readonly asked = new Set<Asked>()
  wanted: Wanted
  hasBegun = false
  isOutdated = false
  heard = 0
  limit = 0
  giveUp: (() => void) | undefined

  constructor(wanted: Wanted) {
    this.wanted = wanted
  }

  /** Whether its answer is one for this question, too. */
  serves(wanted: Wanted): boolean {
    if (this.isOutdated) return false
    if (!this.hasBegun || wanted === "newest") return true
    return this.wanted !== "newest" && this.wanted <= wanted
  }

  widen(wanted: Wanted): void {
    if (this.hasBegun || wanted === "newest") return
    this.wanted = this.wanted === "newest" ? wanted : Math.min(this.wanted, wanted)
  }
}

/** The reads of one gateway. Each ends with its answer, or as soon as nobody waits for it. */
export class KeptReads {
  readonly #options: KeptReadsOptions
  /** The latest of each user. */
  readonly #reads = new Map<string, Read>()

  constructor(options: KeptReadsOptions) {
    this.#options = options
  }

  /**
   * Calls `done` once, perhaps before it returns. A question must come from a stream that hears of its user's events already;
   * `known` is the highest number that it has heard and doesn't keep, or has sent.
   */
  ask(userId: string, wanted: Wanted, known: number, done: Asked["done"]): Question {
    const latest = this.#reads.get(userId)
    const read = latest?.serves(wanted) === true ? latest : new Read(wanted)
    read.widen(wanted)
    // A read that is still to begin finds everything that was heard until now.
    const asked = new Asked(wanted, read.hasBegun ? Math.max(read.heard, known) : 0, done)
    read.asked.add(asked)
    if (read !== latest) this.#begin(userId, read)
    return {
      heard: (sequence) => {
        read.heard = Math.max(read.heard, sequence)
      },
      missed: () => {
        read.isOutdated = true
      },
      cancel: () => {
        if (read.asked.delete(asked) && read.asked.size === 0) this.#giveUp(userId, read)
      }
    }
  }

  #begin(userId: string, read: Read): void {
    this.#reads.set(userId, read)
    read.giveUp = this.#options.attempts.run({
      attempt: () => {
        const { wanted } = read
        read.hasBegun = true
        read.limit = wanted === "newest" ? 1 : this.#options.pageSize
        return this.#options.read(userId, wanted === "newest" ? 0 : wanted, read.limit)
      },
      // Between two attempts others may join as if it hadn't begun.
      failed: () => {
        read.hasBegun = false
      },
      done: (exit) => {
        this.#forget(userId, read)
        for (const asked of read.asked) {
          asked.done(Exit.map(exit, (kept) => asked.pageOf(kept, kept.events.length >= read.limit)))
        }
        read.asked.clear()
      }
    })
  }

  #giveUp(userId: string, read: Read): void {
    this.#forget(userId, read)
    read.giveUp?.()
  }

  #forget(userId: string, read: Read): void {
    if (this.#reads.get(userId) === read) this.#reads.delete(userId)
  }
}
